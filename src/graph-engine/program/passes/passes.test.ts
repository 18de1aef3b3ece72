import { describe, expect, test } from 'vitest';
import { lowerDocument } from '../../lower/lowerDocument.ts';
import { residualDigits } from '../../testing/examples.ts';
import { openEditor } from '../../testing/openEditor.ts';
import { createBuilder, type Builder } from '../builder.ts';
import { createInterpreter } from '../interpreter/createInterpreter.ts';
import type { Entry } from '../program.ts';
import { applyPasses, passNames, type PassName } from './index.ts';
import { livePeak } from './livePeak.ts';

function entryOf(build: (b: Builder) => void): Entry {
  const b = createBuilder('entry');
  build(b);
  return b.entry();
}

const primitivesOf = (entry: Entry, pass: PassName) =>
  applyPasses(entry, [pass]).instructions.map(({ primitive }) => primitive);

describe('each pass does its one thing', () => {
  test('what depends on constants alone becomes a constant, rounded as float32', () => {
    const entry = entryOf((b) => {
      const third = b.divide(b.scalar(1), b.scalar(3));
      b.output('y', b.multiply(b.input('x', [-1], 'float32'), b.square(third)));
    });
    const folded = applyPasses(entry, ['foldConstants']);
    expect(folded.instructions.map(({ primitive }) => primitive)).toEqual([...Array(4).fill('constant'), 'multiply']);
    const third = Math.fround(1 / 3);
    expect(folded.instructions[3]?.attributes).toEqual({
      values: [Math.fround(third * third)],
      shape: [],
      dtype: 'float32',
    });
  });

  test('equal instructions on equal values are one, but not what waits on purpose', () => {
    const entry = entryOf((b) => {
      const x = b.input('x', [-1, 3], 'float32');
      b.output('sum', b.add(b.exp(x), b.exp(x)));
      b.output('late', b.exp(b.after(x, [b.exp(x)])));
      b.output('rows', b.reduceSum(x, [1]));
      b.output('columns', b.reduceSum(x, [0]));
    });
    expect(primitivesOf(entry, 'shareSubexpressions')).toEqual([
      'exp',
      'add',
      'after',
      'exp',
      'reduceSum',
      'reduceSum',
    ]);
  });

  test('what leads nowhere goes, and effects stay', () => {
    const entry = entryOf((b) => {
      const x = b.input('x', [2], 'float32');
      b.square(b.exp(x));
      const variable = { name: 'w', dims: [2], dtype: 'float32', role: 'weight', trainable: true, origin: '' } as const;
      b.assign({ ...variable, initializer: { kind: 'zeros' } }, b.negate(x));
      b.output('y', b.relu(x));
    });
    expect(primitivesOf(entry, 'removeDeadCode')).toEqual(['negate', 'assign', 'relu']);
  });
});

test('a network trains alike with every set of passes', () => {
  const { document } = openEditor(residualDigits()).set('conv1', 'filters', 4).set('conv2', 'filters', 4);
  const trained = (passes: readonly PassName[]) => {
    const lowered = lowerDocument({ ...document, training: { ...document.training, recompute: true } }, { passes });
    if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
    const interpreter = createInterpreter(lowered.value.program, { seed: 1 });
    const step = (number: number) =>
      interpreter.run('train', {
        'inputs/input': { dims: [2, 8, 8, 1], data: Float32Array.from({ length: 128 }, (_, i) => Math.sin(i * 3.1)) },
        'targets/output': { dims: [2], data: Int32Array.of(3, 8) },
        learningRate: { dims: [], data: Float32Array.of(0.01) },
        seed: { dims: [2], data: Int32Array.of(1, number) },
      })['loss']?.data[0];
    return [step(0), step(1), step(2), ...interpreter.read('conv1.kernel')];
  };
  const plain = trained([]);
  for (const passes of [...passNames.map((name) => [name]), passNames]) expect(trained(passes)).toEqual(plain);
});

test('the live peak is what a chain with a skip holds at its widest place', () => {
  const entry = entryOf((b) => {
    const x = b.input('x', [-1, 10], 'float32');
    const skip = b.withOrigin('skip', () => b.exp(x));
    const wide = b.withOrigin('wide', () => b.concat([skip, skip, skip], 1));
    const narrow = b.withOrigin('narrow', () => b.reduceSum(b.reshape(wide, [-1, 3, 10]), [1]));
    b.output(
      'y',
      b.withOrigin('sum', () => b.add(narrow, skip)),
    );
  });
  // While `narrow` is made: the skip, what is wide (a reshape is no copy) and the result; the input is gone.
  expect(livePeak(entry, 2)).toEqual({ bytes: 2 * 4 * (10 + 30 + 10), origin: 'narrow' });
});
