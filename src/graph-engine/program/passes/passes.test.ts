import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowerDocument } from '../../lower/lowerDocument.ts';
import { residualDigits } from '../../testing/examples.ts';
import { openEditor } from '../../testing/openEditor.ts';
import { createBuilder, type Builder } from '../builder.ts';
import { createInterpreter } from '../interpreter/createInterpreter.ts';
import type { Entry, Value } from '../program.ts';
import { applyPasses, passNames, type PassName } from './index.ts';
import { bytesOf, lifetimesOf } from './lifetimes.ts';
import { livePeak } from './livePeak.ts';
import { planMemory } from './planMemory.ts';

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

describe('fusing elementwise chains', () => {
  test('a chain is one instruction, and what it reads are its inputs', () => {
    const entry = entryOf((b) => {
      const x = b.input('x', [-1, 4], 'float32');
      const slope = b.input('slope', [4], 'float32');
      b.output('y', b.relu(b.add(b.multiply(x, slope), b.exp(x))));
    });
    const { instructions } = applyPasses(entry, ['fuseElementwise']);
    expect(instructions).toMatchObject([
      { primitive: 'fusedElementwise', attributes: { steps: 'multiply 0 1; exp 0; add 2 3; relu 4', dims: [-1, 4] } },
    ]);
  });

  test('what is used elsewhere, handed out, or smaller than the result is not taken in', () => {
    const entry = entryOf((b) => {
      const x = b.input('x', [-1, 4], 'float32');
      const shared = b.exp(x);
      b.output('sum', b.reduceSum(shared, [1]));
      const handed = b.square(x);
      b.output('handed', handed);
      const small = b.sqrt(b.input('slope', [4], 'float32'));
      b.output('y', b.add(b.negate(b.multiply(shared, small)), handed));
    });
    expect(primitivesOf(entry, 'fuseElementwise')).toEqual(['exp', 'reduceSum', 'square', 'sqrt', 'fusedElementwise']);
  });

  test('a sum for much later is not put off, as its two terms would have to wait for it', () => {
    const entry = entryOf((b) => {
      const [x, y] = [b.input('x', [-1, 4], 'float32'), b.input('y', [-1, 4], 'float32')];
      const sum = b.add(x, y);
      let other = b.reduceSum(sum, [0, 1]);
      for (let i = 0; i < 20; i++) other = b.reduceSum(b.reshape(other, [1]), [0]);
      const late = b.negate(b.input('z', [-1, 4], 'float32'));
      b.output('other', other);
      b.output('late', b.multiply(b.exp(late), late));
    });
    // `late` is used twice, and both uses are in.
    expect(primitivesOf(entry, 'fuseElementwise').filter((name) => name === 'fusedElementwise')).toHaveLength(1);
    const far = entryOf((b) => {
      const [x, y] = [b.input('x', [-1, 4], 'float32'), b.input('y', [-1, 4], 'float32')];
      const sum = b.add(x, y);
      let other = b.input('z', [1], 'float32');
      for (let i = 0; i < 20; i++) other = b.reshape(b.reduceSum(other, [0]), [1]);
      b.output('y', b.relu(b.multiply(sum, other)));
    });
    expect(primitivesOf(far, 'fuseElementwise').filter((name) => name === 'add')).toHaveLength(1);
  });
});

describe('a plan of memory', () => {
  test('a chain of elementwise primitives is computed in the place of its input', () => {
    const entry = entryOf((b) => b.output('y', b.relu(b.exp(b.square(b.input('x', [-1, 8], 'float32'))))));
    expect(planMemory(entry, 4)).toMatchObject({ bytes: 4 * 8 * 4, inPlace: 3 });
  });

  test('what is there at the same time lies in different places, in any program', () => {
    const choices = fc.array(
      fc.record({ kind: fc.constantFrom('exp', 'add', 'concat', 'sum', 'reshape'), a: fc.nat(), b: fc.nat() }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(choices, (steps) => {
        const entry = entryOf((b) => {
          const values = [b.input('x', [-1, 6], 'float32')];
          const pick = (place: number) => values[place % values.length] as (typeof values)[number];
          for (const { kind, a, b: other } of steps) {
            const [one, two] = [pick(a), pick(other)];
            const narrow = (value: (typeof values)[number]) => b.slice(value, [0, 0], [-1, 1]);
            if (kind === 'exp') values.push(b.exp(one));
            else if (kind === 'add') values.push(b.add(one, narrow(two)));
            else if (kind === 'concat' && widthOf(one) + widthOf(two) < 50) values.push(b.concat([one, two], 1));
            else if (kind === 'sum') values.push(b.reduceSum(one, [1], true));
            else values.push(b.reshape(b.reshape(one, [-1, 1, widthOf(one)]), [-1, widthOf(one)]));
          }
          b.output('y', values.at(-1) ?? pick(0));
        });
        const { bytes, offsets } = planMemory(entry, 3);
        const end = runInPlan(entry, offsets, 3);
        expect(end).toBeLessThanOrEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });
});

function widthOf({ dims }: Value): number {
  return dims[1] ?? 1;
}

/** Runs through a plan, and throws when an instruction finds that its input was written over; returns where the memory ends. */
function runInPlan(entry: Entry, offsets: ReadonlyMap<number, number>, batch: number): number {
  const owner = new Map<number, number>();
  let end = 0;
  const { memoryOf } = lifetimesOf(entry);
  const write = (value: Value) => {
    const offset = offsets.get(value.id);
    if (offset === undefined) throw new Error(`Value ${value.id} has no place`);
    for (let at = offset; at < offset + bytesOf(value, batch); at += 4) owner.set(at, memoryOf(value.id));
    end = Math.max(end, offset + bytesOf(value, batch));
  };
  const demand = (value: Value) => {
    const offset = offsets.get(value.id) ?? -1;
    for (let at = offset; at < offset + bytesOf(value, batch); at += 4) {
      if (owner.get(at) !== memoryOf(value.id)) throw new Error(`Value ${value.id} was written over`);
    }
  };
  for (const { value } of entry.inputs) write(value);
  for (const { primitive, inputs, outputs } of entry.instructions) {
    inputs.forEach(demand);
    if (primitive !== 'reshape') outputs.forEach(write);
  }
  entry.outputs.forEach(({ value }) => demand(value));
  return end;
}

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
