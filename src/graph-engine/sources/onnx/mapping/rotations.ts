import type { SourceNode } from '../sourceModel.ts';
import { broadcastStrides, copyStrided } from '../strided.ts';
import { bothWays } from './activations.ts';
import type { Mapping } from './mapping.ts';
import type { Movement } from './movement.ts';

/** Follows a value back to what made its numbers. */
type Follow = (name: string) => Movement | undefined;

/** How far a cosine or a sine may be from ours: exporters compute them in single precision, from large angles too. */
const TOLERANCE = 1e-4;

/**
 * The value `[…, length, size]` that a node is the end of turning by rotary positions as ours does, by 1 / 10000^(2i / size) for
 * each pair; `undefined` for any other node.
 */
export function rotatedBy(mapping: Mapping, node: SourceNode, follow: Follow): string | undefined {
  const [output] = node.outputs;
  const dims = mapping.fact(output).dims ?? [];
  if (dims.length < 3 || (dims.at(-1) ?? 1) % 2 !== 0) return undefined;
  return node.opType === 'Add' ? halvesTurned(mapping, node, dims, follow) : halvesJoined(mapping, node, dims);
}

/** x · cos + [−second, first] · sin, as LLaMA has it. */
function halvesTurned(mapping: Mapping, node: SourceNode, dims: readonly number[], follow: Follow): string | undefined {
  for (const [straight, across] of bothWays(node.inputs)) {
    const [plain, crossed] = [mapping.maker(straight, 'Mul'), mapping.maker(across, 'Mul')];
    for (const [x, cosine] of bothWays(plain?.inputs ?? [])) {
      if (!isAngle(mapping, cosine, dims, Math.cos, 2)) continue;
      for (const [joined, sine] of bothWays(crossed?.inputs ?? [])) {
        const [negative, first] = mapping.maker(joined, 'Concat')?.inputs ?? [];
        const second = mapping.maker(negative, 'Neg')?.inputs[0];
        if (!isAngle(mapping, sine, dims, Math.sin, 2)) continue;
        if (isHalf(follow, first, x, 0) && isHalf(follow, second, x, 1)) return x;
      }
    }
  }
  return undefined;
}

/** [first · cos − second · sin, second · cos + first · sin], as ours are exported. */
function halvesJoined(mapping: Mapping, node: SourceNode, dims: readonly number[]): string | undefined {
  if (node.opType !== 'Concat' || node.inputs.length !== 2) return undefined;
  const [left, right] = [mapping.maker(node.inputs[0], 'Sub'), mapping.maker(node.inputs[1], 'Add')];
  const half = [...dims.slice(0, -1), (dims.at(-1) ?? 2) / 2];
  const factorOf = (name: string | undefined, turn: (angle: number) => number): string | undefined => {
    const product = mapping.maker(name, 'Mul');
    return bothWays(product?.inputs ?? []).find(([, angle]) => isAngle(mapping, angle, half, turn, 1))?.[0];
  };
  const first = factorOf(left?.inputs[0], Math.cos);
  const second = factorOf(left?.inputs[1], Math.sin);
  const isCrossed = bothWays(right?.inputs ?? []).some(
    ([a, b]) => factorOf(a, Math.cos) === second && factorOf(b, Math.sin) === first,
  );
  const parts = mapping.maker(first, 'Split');
  if (!isCrossed || parts === undefined || parts.outputs[0] !== first || parts.outputs[1] !== second) return undefined;
  return mapping.fact(parts.inputs[0]).dims?.join() === dims.join() ? parts.inputs[0] : undefined;
}

/** Whether a constant holds the cosines or the sines of our angles at each position, so many times side by side. */
function isAngle(
  mapping: Mapping,
  name: string,
  dims: readonly number[],
  turn: (angle: number) => number,
  times: 1 | 2,
): boolean {
  const { constant } = mapping.fact(name);
  const [length = 1, width = 1] = dims.slice(-2);
  if (constant?.dims.at(-1) !== width || constant.dims.length > dims.length) return false;
  const numbers = constant.numbers();
  if (numbers === undefined) return false;
  const wide = [...constant.dims.slice(0, -2), length, width];
  const pairs = width / times;
  return copyStrided(numbers, wide, broadcastStrides(constant.dims, wide)).every((value, at) => {
    const position = Math.floor(at / width) % length;
    return Math.abs(value - turn(position / 10_000 ** ((at % pairs) / pairs))) <= TOLERANCE;
  });
}

/** Whether a value is the first (0) or the second (1) half of another one's last axis. */
function isHalf(follow: Follow, name: string | undefined, whole: string, which: 0 | 1): boolean {
  const part = name === undefined ? undefined : follow(name);
  const all = follow(whole);
  if (part === undefined || all === undefined || part.origin !== all.origin) return false;
  const width = all.dims.at(-1) ?? 2;
  const half = width / 2;
  if (part.dims.at(-1) !== half || part.places.length * 2 !== all.places.length) return false;
  return part.places.every(
    (place, at) => place === all.places[Math.floor(at / half) * width + which * half + (at % half)],
  );
}
