import { assertNever } from '../core/diagnostic.ts';
import type { Variable } from '../program/program.ts';
import { normal, truncatedNormal, uniform, type Words } from './distributions.ts';
import { createWordStream, domains } from './philox.ts';

/** Two 32-bit hashes of a text, mixed apart. */
function hashName(name: string): readonly [number, number] {
  let first = 0x811c9dc5;
  let second = 0x2545f491;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ (code + i), 0x85ebca77);
    second ^= second >>> 15;
  }
  return [first >>> 0, second >>> 0];
}

/**
 * The first values of a variable. Each variable draws from a stream of its own, derived from the seed and its name, so the
 * order and the company of variables do not matter.
 */
export function initialize({ name, dims, initializer }: Variable, seed: number): Float32Array {
  if (dims.some((dim) => dim < 0)) throw new Error(`${name}: a variable cannot have the batch in its shape`);
  const out = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  const words = (): Words => {
    const [first, second] = hashName(name);
    return createWordStream([seed, first], second, domains.initialValues);
  };
  switch (initializer.kind) {
    case 'zeros':
      return out;
    case 'ones':
      return out.fill(1);
    case 'constant':
      return out.fill(initializer.value);
    case 'stored':
      out.set(initializer.values);
      return out;
    case 'heNormal':
      normal(words(), Math.sqrt(2 / initializer.fan), out);
      return out;
    case 'normal':
      normal(words(), initializer.standardDeviation, out);
      return out;
    case 'truncatedNormal':
      truncatedNormal(words(), initializer.standardDeviation, out);
      return out;
    case 'glorotUniform': {
      const limit = Math.sqrt(6 / (initializer.fanIn + initializer.fanOut));
      uniform(words(), -limit, limit, out);
      return out;
    }
    case 'uniform':
      uniform(words(), -initializer.limit, initializer.limit, out);
      return out;
    default:
      return assertNever(initializer);
  }
}
