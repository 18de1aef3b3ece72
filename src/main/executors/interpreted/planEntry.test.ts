import { expect, test } from 'vitest';
import { createBuilder } from '../../../graph-engine/program/builder.ts';
import type { Variable } from '../../../graph-engine/program/program.ts';
import { planEntry, type EntryPlan } from './planEntry.ts';

const weight: Variable = {
  name: 'w',
  dims: [2],
  dtype: 'float32',
  initializer: { kind: 'zeros' },
  role: 'weight',
  trainable: true,
  origin: '',
};

function entry() {
  const b = createBuilder('step');
  const x = b.input('x', [2], 'float32');
  const grown = b.exp(x);
  b.output('moved', b.readUpdatedVariable(weight));
  b.assign(weight, b.negate(grown));
  b.output('loss', b.reduceSum(grown, [0]));
  b.output('look', b.sqrt(b.square(x)), { onDemand: true });
  return b.entry();
}

const primitivesOf = ({ steps }: EntryPlan) => steps.map(({ primitive }) => primitive);

test('effects happen whatever is fetched, and what is on demand only when it is asked for', () => {
  expect(primitivesOf(planEntry(entry(), []))).toEqual(['exp', 'negate', 'assign']);
  expect(primitivesOf(planEntry(entry(), ['look']))).toEqual(['exp', 'negate', 'square', 'sqrt', 'assign']);
  // What is read after the effects comes after them, wherever it was written.
  expect(primitivesOf(planEntry(entry(), undefined))).toEqual([
    ...['exp', 'negate', 'reduceSum', 'assign'],
    'readUpdatedVariable',
  ]);
  expect(() => planEntry(entry(), ['nothing'])).toThrow('no output nothing');
});

test('every value is let go of once, after its last use, but for those that are fetched', () => {
  const { steps, fetches, feeds } = planEntry(entry(), undefined);
  const released = steps.flatMap((step) => step.released);
  const made = [...feeds, ...steps.flatMap(({ outputs }) => outputs)];
  const kept = fetches.map(({ slot }) => slot);
  expect([...released].sort()).toEqual(made.filter((slot) => !kept.includes(slot)).sort());
  steps.forEach(({ released: last }, i) => {
    const later = steps.slice(i + 1).flatMap(({ inputs }) => inputs);
    expect(later.filter((slot) => last.includes(slot))).toEqual([]);
  });
});
