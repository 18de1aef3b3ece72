import fc from 'fast-check';
import { afterEach, test } from 'vitest';
import { convolutionOutputDims } from '../../../../graph-engine/program/primitives/convolution.ts';
import { windowGeometry } from '../../../../graph-engine/program/windowGeometry.ts';
import { convolutionPasses } from './functions.ts';
import { createArena } from './testing/createArena.ts';
import { demandClose, evaluatePrimitive, someNumbers } from './testing/evaluatePrimitive.ts';

const arena = createArena(8);
afterEach(() => {
  arena.clear();
});

interface Convolution {
  readonly image: readonly [batch: number, height: number, width: number];
  readonly kernel: readonly [height: number, width: number];
  readonly groups: number;
  readonly groupChannels: number;
  readonly groupFilters: number;
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: 'same' | 'valid' | 'explicit';
  readonly pads: readonly [number, number, number, number];
}

function agree({ image, kernel, groups, groupChannels, groupFilters, ...rest }: Convolution): void {
  const [batch, height, width] = image;
  const attributes = { ...rest, groups };
  const xDims = [batch, height, width, groups * groupChannels];
  const kernelDims = [...kernel, groupChannels, groups * groupFilters];
  const yDims = convolutionOutputDims(xDims, kernelDims, attributes);
  const [strideY, strideX] = rest.strides;
  const [dilationY, dilationX] = rest.dilations;
  const [top, bottom, left, right] = rest.pads;
  const rows = windowGeometry(height, kernel[0], strideY, dilationY, rest.padding, [top, bottom]);
  const columns = windowGeometry(width, kernel[1], strideX, dilationX, rest.padding, [left, right]);
  const [x, weights, dy] = [someNumbers(xDims, 1), someNumbers(kernelDims, 2), someNumbers(yDims, 3)];
  const { functions } = arena;
  functions.convolution(
    ...([batch, height, width, groups * groupChannels, ...kernel, groups * groupFilters, groups] as const),
    ...([strideY, strideX, dilationY, dilationX, rows.before, columns.before, rows.output, columns.output] as const),
  );
  const [px, pk, pdy] = [arena.put(x.data), arena.put(weights.data), arena.put(dy.data)];
  const [py, pdx, pdk] = [arena.room(dy.data.length), arena.room(x.data.length), arena.room(weights.data.length)];
  functions.conv2d(px, pk, py, arena.scratch(functions.convolutionScratch(convolutionPasses.forward)));
  functions.conv2dBackpropInput(pk, pdy, pdx, arena.scratch(functions.convolutionScratch(convolutionPasses.input)));
  functions.conv2dBackpropFilter(px, pdy, pdk, arena.scratch(functions.convolutionScratch(convolutionPasses.filter)));
  const places = kernel[0] * kernel[1];
  const check = (what: string, pointer: number, [expected]: readonly Float64Array[], terms: number): void => {
    demandClose(what, arena.floats(pointer, expected?.length ?? 0), expected ?? new Float64Array(), terms);
  };
  check('y', py, evaluatePrimitive('conv2d', [x, weights], attributes, [yDims]), places * groupChannels);
  const forInput = { ...attributes, inputDims: xDims };
  check('dx', pdx, evaluatePrimitive('conv2dBackpropInput', [weights, dy], forInput, [xDims]), places * groupFilters);
  const forFilter = { ...attributes, kernelDims };
  const pixels = dy.data.length / (groups * groupFilters);
  check('dkernel', pdk, evaluatePrimitive('conv2dBackpropFilter', [x, dy], forFilter, [kernelDims]), pixels);
  arena.clear();
}

const plain = { strides: [1, 1], dilations: [1, 1], padding: 'same', pads: [0, 0, 0, 0] } as const;

test('the layers of residual networks', () => {
  agree({ ...plain, image: [2, 8, 8], kernel: [3, 3], groups: 1, groupChannels: 16, groupFilters: 16 });
  agree({
    ...plain,
    image: [2, 8, 8],
    kernel: [3, 3],
    groups: 1,
    groupChannels: 16,
    groupFilters: 32,
    strides: [2, 2],
  });
  agree({
    ...plain,
    image: [2, 8, 8],
    kernel: [1, 1],
    groups: 1,
    groupChannels: 16,
    groupFilters: 32,
    strides: [2, 2],
  });
  agree({ ...plain, image: [2, 5, 7], kernel: [1, 1], groups: 1, groupChannels: 24, groupFilters: 40 });
  agree({ ...plain, image: [1, 9, 9], kernel: [7, 7], groups: 1, groupChannels: 3, groupFilters: 10, strides: [2, 2] });
  agree({ ...plain, image: [2, 7, 6], kernel: [3, 3], groups: 12, groupChannels: 1, groupFilters: 1, strides: [2, 1] });
  agree({ ...plain, image: [1, 5, 300], kernel: [1, 3], groups: 1, groupChannels: 32, groupFilters: 8 });
});

test('convolutions of any geometry', () => {
  const small = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(
      fc.record({
        image: fc.tuple(small, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 11 })),
        kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
        groups: fc.constantFrom(1, 1, 1, 2, 3, 5, 8),
        groupChannels: fc.constantFrom(1, 1, 2, 3, 4, 5, 8),
        groupFilters: fc.constantFrom(1, 1, 3, 4, 7, 8, 12),
        strides: fc.tuple(small, small),
        dilations: fc.tuple(small, small),
        padding: fc.constantFrom('same', 'valid', 'explicit', 'explicit'),
        pads: fc.tuple(small, small, small, small).map(([a, b, c, d]) => [a - 1, b - 1, c - 1, d - 1] as const),
      }),
      (convolution: Convolution) => {
        const { image, kernel, dilations, padding, pads } = convolution;
        const fits = [0, 1].every((axis) => {
          const extent = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
          const padded = padding === 'explicit' ? (pads[2 * axis] ?? 0) + (pads[2 * axis + 1] ?? 0) : 0;
          return padding === 'same' || extent <= (image[axis + 1] ?? 1) + padded;
        });
        fc.pre(fits);
        agree(convolution);
      },
    ),
    { numRuns: 120, seed: 20 },
  );
});
