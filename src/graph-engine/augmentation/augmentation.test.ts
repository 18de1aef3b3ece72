import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Augmentation } from '../training/augmentation.ts';
import { IDENTITY, type UnitMap } from './unitMap.ts';
import { drawVariation, type ColourChange, type Variation } from './variation.ts';
import { varyImage, type Picture } from './varyImage.ts';

const { augmentation: golden } = JSON.parse(
  readFileSync(new URL('../../../tests/golden/dataFiles.json', import.meta.url), 'utf8'),
) as { augmentation: Readonly<Record<string, readonly number[]>> };

const size = { height: 6, width: 8 };
const picture: Picture = { ...size, channels: 3, values: Float32Array.from(golden['image'] ?? []) };
const plain: Variation = { map: IDENTITY, fill: 'black', colour: null, erased: null };
const still: ColourChange = { brightness: 1, contrast: 1, saturation: 1, hue: 0 };

function varied(changes: Partial<Variation>, source = picture, result = size): Float32Array {
  const out = new Float32Array(result.height * result.width * source.channels);
  varyImage(source, { ...plain, ...changes }, result, [0.5, 0.5, 0.5], out);
  return out;
}

function expectClose(values: ArrayLike<number>, wanted: readonly number[] | undefined, tolerance: number): void {
  expect(values.length).toBe(wanted?.length);
  const largest = Math.max(...(wanted ?? []).map((value, index) => Math.abs(value - (values[index] ?? 0))));
  expect(largest).toBeLessThan(tolerance);
}

const moved = (across: number, down: number): UnitMap => ({ ...IDENTITY, x: across / 8, y: down / 6 });

describe('one variation is what torchvision makes of the image', () => {
  test('mirrored and upside down, to the last bit', () => {
    expect([...varied({ map: { ...IDENTITY, xx: -1, x: 1 } })]).toEqual(golden['flipped']);
    expect([...varied({ map: { ...IDENTITY, yy: -1, y: 1 } })]).toEqual(golden['upsideDown']);
  });

  test('moved by whole pixels, with each of the borders', () => {
    expect([...varied({ map: moved(2, -1) })]).toEqual(golden['padded']);
    expect([...varied({ map: moved(2, -1), fill: 'edge' })]).toEqual(golden['edge']);
    expect([...varied({ map: moved(2, -1), fill: 'reflect' })]).toEqual(golden['reflect']);
  });

  test('a part enlarged', () => {
    // torchvision cuts first, so that its border pixels are the border: all but the rim must agree.
    const part = varied({ map: { ...IDENTITY, xx: 5 / 8, x: 2 / 8, yy: 4 / 6, y: 1 / 6 } });
    const wanted = golden['part'] ?? [];
    for (let row = 1; row < 5; row++) {
      for (let column = 1; column < 7; column++) {
        for (let at = (row * 8 + column) * 3, end = at + 3; at < end; at++)
          expect(part[at]).toBeCloseTo(wanted[at] ?? Number.NaN, 5);
      }
    }
  });

  test.each([
    // BT.601 has three digits here and four there: contrast and saturation differ in the fourth.
    ['brightness', { brightness: 1.3 }, 1e-6],
    ['contrast', { contrast: 0.6 }, 1e-4],
    ['saturation', { saturation: 1.5 }, 1e-4],
    ['hue', { hue: 0.15 }, 1e-5],
    ['hueBack', { hue: -0.3 }, 1e-5],
  ] as const)('%s', (name, change, tolerance) => {
    expectClose(varied({ colour: { ...still, ...change } }), golden[name], tolerance);
  });
});

describe('drawing variations', () => {
  const everything = Augmentation.parse({
    flip: 'both',
    crop: {},
    resizedCrop: {},
    rotate: {},
    colour: {},
    erase: {},
  });
  const draw = (augmentation: Augmentation, seed: number, epoch: number, sample: number): Variation =>
    drawVariation(augmentation, { seed, epoch }, sample, size, size);

  test('the same seed, epoch and sample give the same variation; another of any gives another', () => {
    const one = draw(everything, 1, 2, 3);
    expect(draw(everything, 1, 2, 3)).toEqual(one);
    for (const other of [draw(everything, 2, 2, 3), draw(everything, 1, 3, 3), draw(everything, 1, 2, 4)])
      expect(other).not.toEqual(one);
  });

  test('a step more changes nothing of the others', () => {
    const { map } = draw({ flip: 'horizontal' }, 5, 0, 9);
    const more = draw({ flip: 'horizontal', colour: everything.colour, erase: everything.erase }, 5, 0, 9);
    expect(more.map).toEqual(map);
  });

  test('over many samples every step stays within its bounds, and takes the whole of them', () => {
    const flips = new Set<number>();
    const shifts = new Set<number>();
    let [smallest, largest, erased] = [1, 0, 0];
    for (let sample = 0; sample < 500; sample++) {
      flips.add(draw({ flip: 'horizontal' }, 1, 0, sample).map.xx);
      shifts.add(Math.round(draw({ crop: { padding: 2, fill: 'black' } }, 1, 0, sample).map.x * 8));
      const { xx, yy, x, y } = draw({ resizedCrop: { smallest: 0.3, stretch: 1.5 } }, 1, 0, sample).map;
      expect(Math.min(x, y, 1 - x - xx, 1 - y - yy)).toBeGreaterThanOrEqual(-1e-9);
      [smallest, largest] = [Math.min(smallest, xx * yy), Math.max(largest, xx * yy)];
      const patch = draw({ erase: { probability: 0.5, largest: 0.4 } }, 1, 0, sample).erased;
      if (patch === null) continue;
      erased++;
      expect(patch.top + patch.height).toBeLessThanOrEqual(6);
      expect(patch.left + patch.width).toBeLessThanOrEqual(8);
    }
    expect([...flips].sort()).toEqual([-1, 1]);
    expect([...shifts].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    // Sides are whole pixels: a little less than the least area may be left.
    expect(smallest).toBeGreaterThan(0.2);
    expect(smallest).toBeLessThan(0.45);
    expect(largest).toBeGreaterThan(0.9);
    expect(erased / 500).toBeCloseTo(0.5, 1);
  });

  test('turning goes about the middle, in pixels', () => {
    const { map } = draw({ rotate: { degrees: 90 } }, 3, 0, 1);
    expect(map.xx * 0.5 + map.xy * 0.5 + map.x).toBeCloseTo(0.5, 12);
    expect(map.yx * 0.5 + map.yy * 0.5 + map.y).toBeCloseTo(0.5, 12);
    // Lengths in pixels stay as they are.
    expect(Math.hypot(map.xx * 8, map.yx * 6)).toBeCloseTo(8, 9);
  });

  test('turned by thirty degrees it is as torchvision turns it, but for the rim', () => {
    const angle = (-30 * Math.PI) / 180;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const [xy, yx] = [(-sine * 6) / 8, (sine * 8) / 6];
    const turn = { xx: cosine, xy, x: 0.5 - (cosine + xy) / 2, yx, yy: cosine, y: 0.5 - (yx + cosine) / 2 };
    for (const direction of [
      turn,
      { ...turn, xy: -xy, yx: -yx, x: 0.5 - (cosine - xy) / 2, y: 0.5 - (cosine - yx) / 2 },
    ]) {
      const turned = varied({ map: direction });
      const middle = [2, 3].flatMap((row) =>
        [3, 4].flatMap((column) => [0, 1, 2].map((c) => (row * 8 + column) * 3 + c)),
      );
      const near = middle.every((at) => Math.abs((turned[at] ?? 0) - (golden['turned']?.[at] ?? 9)) < 1e-5);
      if (near) return;
    }
    expect.fail('Neither direction agrees');
  });

  test('what is erased becomes blank, and nothing else changes', () => {
    const out = varied({ erased: { top: 1, left: 2, height: 2, width: 3 } });
    const changed = [...out].filter((value, index) => value !== picture.values[index]).length;
    expect(changed).toBe(2 * 3 * 3);
    expect(out[(1 * 8 + 2) * 3]).toBe(0.5);
  });
});
