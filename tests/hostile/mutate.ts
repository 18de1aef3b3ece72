import { createWordStream } from '../../src/graph-engine/random/philox.ts';

/** Random choices of one case: same seed and number, same choices. */
export interface Dice {
  /** A whole number from 0 up to but not `below`. */
  below(limit: number): number;
  of<T>(choices: readonly T[]): T;
}

/** The choices of case `number`. */
export function rollDice(seed: number, number: number): Dice {
  const next = createWordStream([seed, number], 0, 0);
  const below = (limit: number): number => next() % Math.max(1, limit);
  return {
    below,
    of(choices) {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new Error('There is nothing to choose from');
      return chosen;
    },
  };
}

/** Numbers at which readers break: the ends of every width, and sizes beyond any file. */
const extremes = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const widths = [1, 2, 4, 8] as const;
const LARGEST_INSERTION = 300;

type Mutation = (bytes: Uint8Array, dice: Dice, other: Uint8Array) => Uint8Array;

const mutations: readonly Mutation[] = [
  function flipBit(bytes, dice) {
    const mutated = Uint8Array.from(bytes);
    const at = dice.below(bytes.length);
    mutated[at] = (mutated[at] ?? 0) ^ (1 << dice.below(8));
    return mutated;
  },
  function setByte(bytes, dice) {
    const mutated = Uint8Array.from(bytes);
    mutated[dice.below(bytes.length)] = dice.below(256);
    return mutated;
  },
  function setNumber(bytes, dice) {
    const width = dice.of(widths);
    if (bytes.length < width) return bytes;
    const mutated = Uint8Array.from(bytes);
    const value = BigInt.asUintN(width * 8, dice.of(extremes));
    const view = new DataView(mutated.buffer);
    const at = dice.below(bytes.length - width + 1);
    const little = dice.below(2) === 0;
    if (width === 1) view.setUint8(at, Number(value));
    else if (width === 2) view.setUint16(at, Number(value), little);
    else if (width === 4) view.setUint32(at, Number(value), little);
    else view.setBigUint64(at, value, little);
    return mutated;
  },
  function cutEnd(bytes, dice) {
    return bytes.subarray(0, dice.below(bytes.length));
  },
  function remove(bytes, dice) {
    const [from, to] = range(bytes, dice);
    return join(bytes.subarray(0, from), bytes.subarray(to));
  },
  function repeat(bytes, dice) {
    const [from, to] = range(bytes, dice);
    return join(bytes.subarray(0, to), bytes.subarray(from, to), bytes.subarray(to));
  },
  function insert(bytes, dice) {
    const at = dice.below(bytes.length + 1);
    const inserted = Uint8Array.from({ length: 1 + dice.below(LARGEST_INSERTION) }, () => dice.below(256));
    return join(bytes.subarray(0, at), inserted, bytes.subarray(at));
  },
  function fill(bytes, dice) {
    const [from, to] = range(bytes, dice);
    return Uint8Array.from(bytes).fill(dice.of([0, 0xff, 0x20, 0x41]), from, to);
  },
  function splice(bytes, dice, other) {
    return join(bytes.subarray(0, dice.below(bytes.length)), other.subarray(dice.below(other.length)));
  },
];

/** A file changed in one to four places, as accidents and attackers change them. */
export function mutateBytes(bytes: Uint8Array, dice: Dice, other: Uint8Array = bytes): Uint8Array {
  let mutated = bytes;
  for (let changes = 1 + dice.below(4); changes > 0; changes--) {
    if (mutated.length > 0) mutated = dice.of(mutations)(mutated, dice, other);
  }
  return mutated;
}

function range(bytes: Uint8Array, dice: Dice): readonly [from: number, to: number] {
  const from = dice.below(bytes.length);
  return [from, from + 1 + dice.below(Math.min(bytes.length - from, 4096))];
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
