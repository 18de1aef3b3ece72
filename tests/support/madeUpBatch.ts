import { assertNever } from '../../src/graph-engine/core/diagnostic.ts';
import type { TargetType } from '../../src/graph-engine/core/objective.ts';
import { elementCount, type TensorType } from '../../src/graph-engine/core/shape.ts';
import type { LoweredDocument } from '../../src/graph-engine/lower/lowerDocument.ts';
import { integerBelow, normal } from '../../src/graph-engine/random/distributions.ts';
import { createWordStream, domains } from '../../src/graph-engine/random/philox.ts';
import type { TensorData } from '../../src/main/executors/compiledProgram.ts';

type Words = () => number;

/** One batch for all inputs and targets of a network, the same every time: noise in, and something definite to learn by heart. */
export function madeUpBatch({ inputs, outputs }: LoweredDocument, batch: number): Record<string, TensorData> {
  const feeds: Record<string, TensorData> = {};
  const words = (): Words => createWordStream([batch, 0], Object.keys(feeds).length, domains.data);
  for (const { feed, type } of inputs) feeds[feed] = inputNumbers(type, batch, words());
  for (const { objective } of outputs) {
    if (objective !== undefined) feeds[objective.targetFeed] = targetNumbers(objective.target, batch, words());
  }
  return feeds;
}

function inputNumbers(type: TensorType, batch: number, words: Words): TensorData {
  const length = batch * sizeOf(type);
  if (type.dtype === 'int32') return Int32Array.from({ length }, () => integerBelow(words, type.vocabulary ?? 2));
  const data = new Float32Array(length);
  normal(words, 1, data);
  return data;
}

function targetNumbers({ kind, type, choices }: TargetType, batch: number, words: Words): TensorData {
  const size = sizeOf(type);
  const length = batch * size;
  switch (kind) {
    case 'class':
    case 'mask':
    case 'tokens':
      return Int32Array.from({ length }, () => integerBelow(words, choices ?? 2));
    case 'flags':
      return Float32Array.from({ length }, () => integerBelow(words, 2));
    case 'probabilities': {
      const chosen = Array.from({ length: batch }, () => integerBelow(words, size));
      return Float32Array.from({ length }, (_, i) => (i % size === chosen[Math.floor(i / size)] ? 1 : 0));
    }
    case 'values': {
      const data = new Float32Array(length);
      normal(words, 0.5, data);
      return data;
    }
    default:
      return assertNever(kind);
  }
}

function sizeOf(type: TensorType): number {
  const size = elementCount(type);
  if (size === null) throw new Error('A lowered network has no unknown sizes');
  return size;
}
