import { expect, test } from 'vitest';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { residualNetwork20 } from '../../graph-engine/testing/examples.ts';
import { EngineError } from '../executors/engineError.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { memoryOfProgram } from '../trials/forecastMemory.ts';
import { explainOutOfMemory } from './explainOutOfMemory.ts';

test('an engine that ran out of memory is told with the batch that would fit', () => {
  const lowered = lowerDocument(residualNetwork20());
  if (!lowered.ok) throw new Error('The example cannot be lowered');
  const { program } = lowered.value;
  const error = new EngineError('TensorFlow 2.21.0', 'OOM when allocating tensor with shape[512,32,32,16]');
  const remedyFor = (memory: number): string | undefined => {
    const explained = explainOutOfMemory(error, { program, batchSize: 512, memory });
    return explained instanceof HostFailure ? explained.problem.remedy : undefined;
  };
  const { weights, optimizer, activations } = memoryOfProgram(program);
  const needs = (batch: number): number => weights + optimizer + activations(batch).bytes;
  // A forecast that was too low is put right by what was seen: a half of what did not fit is tried.
  expect(remedyFor(2 * needs(512))).toContain('A batch of 256 would fit.');
  expect(remedyFor(needs(100))).toContain('A batch of 64 would fit.');
  expect(remedyFor(needs(1) / 2)).toContain('Not even one sample fits');
});

test('other errors stay as they are', () => {
  const error = new Error('a bug');
  expect(explainOutOfMemory(error, { program: { variables: [], entries: {} }, batchSize: 1 })).toBe(error);
});
