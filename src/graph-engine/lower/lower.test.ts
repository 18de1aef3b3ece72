import { describe, expect, test } from 'vitest';
import { features } from '../core/shape.ts';
import { setEnabled } from '../document/commands/editNode.ts';
import { NodeId, type SkipwireDocument } from '../document/schema.ts';
import { createInterpreter, type Interpreter } from '../program/interpreter/createInterpreter.ts';
import { residualDigits, residualNetwork20 } from '../testing/examples.ts';
import { openEditor } from '../testing/openEditor.ts';
import { lowerDocument, type LoweredDocument } from './lowerDocument.ts';

function lowered(document: SkipwireDocument): LoweredDocument {
  const result = lowerDocument(document);
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join(' '));
  return result.value;
}

/** Four fixed 8x8 "digits": one bright stripe each, so that they can be told apart. */
const images = {
  dims: [4, 8, 8, 1],

  data: Float64Array.from({ length: 256 }, (_, i) => (Math.floor((i % 64) / 8) === 2 * Math.floor(i / 64) ? 1 : 0)),
};
const classes = { dims: [4], data: Float64Array.of(0, 1, 2, 3) };

function trainStep(interpreter: Interpreter, step: number): { loss: number; correct: number } {
  const fetched = interpreter.run('train', {
    'inputs/input': images,
    'targets/output': classes,
    learningRate: { dims: [], data: Float64Array.of(0.01) },
    seed: { dims: [2], data: Float64Array.of(1, step) },
  });
  return { loss: fetched['loss']?.data[0] ?? NaN, correct: fetched['measures/output/accuracy']?.data[0] ?? NaN };
}

describe('a document becomes a program', () => {
  test('weights are named by the way to their node', () => {
    const { program, inputs, outputs } = lowered(residualNetwork20());
    const weights = program.variables.filter(({ role }) => role === 'weight').map(({ name }) => name);
    expect(weights).toHaveLength(new Set(weights).size);
    expect(weights).toContain('stage2[0].conv1.kernel');
    expect(weights).toContain('dense.bias');
    const count = program.variables
      .filter(({ trainable }) => trainable)
      .reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0);
    expect(count).toBe(269_722);
    expect(inputs.map(({ feed }) => feed)).toEqual(['inputs/input']);
    const type = features(10);
    expect(outputs).toMatchObject([
      {
        path: 'output',
        ports: {
          probabilities: { fetch: 'output/probabilities', type },
          logits: { fetch: 'output/logits', type },
        },
        objective: {
          targetFeed: 'targets/output',
          target: { kind: 'class', type: { axes: [], dtype: 'int32' }, choices: 10 },
          lossFetch: 'losses/output',
          measures: [{ name: 'accuracy', fetch: 'measures/output/accuracy' }],
        },
      },
    ]);
  });

  test('training in the interpreter learns four pictures by heart, and evaluation agrees', () => {
    // A narrow form: the interpreter is exact, not fast.
    const editor = openEditor(residualDigits()).set('conv1', 'filters', 8).set('conv2', 'filters', 8);
    const { program } = lowered(editor.document);
    const interpreter = createInterpreter(program, { seed: 1 });
    const first = trainStep(interpreter, 0);
    // Before learning, ten classes are about equally likely: the loss is near ln 10.
    expect(first.loss).toBeGreaterThan(1.5);
    expect(first.loss).toBeLessThan(4);
    let last = first;
    for (let step = 1; step < 60; step++) last = trainStep(interpreter, step);
    expect(last.loss).toBeLessThan(first.loss / 4);
    expect(last.correct).toBe(4);
    const evaluated = interpreter.run('evaluate', { 'inputs/input': images, 'targets/output': classes });
    const predicted = interpreter.run('predict', { 'inputs/input': images });
    const probabilities = [...(predicted['output/probabilities']?.data ?? [])];
    let [losses, hits] = [0, 0];
    for (let i = 0; i < 4; i++) {
      const row = probabilities.slice(i * 10, i * 10 + 10);
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      losses -= Math.log(row[i] ?? 0);
      if (row.indexOf(Math.max(...row)) === i) hits += 1;
    }
    expect(evaluated['losses/output']?.data[0]).toBeCloseTo(losses, 3);
    expect(evaluated['loss']?.data[0]).toBeCloseTo(losses / 4, 3);
    expect([...(evaluated['measures/output/accuracy']?.data ?? [])]).toEqual([hits, 4]);
  });

  test('a bypassed node has no weights and changes nothing on its way', () => {
    const editor = openEditor(residualDigits());
    editor.dispatch(setEnabled, { scope: null, ids: ['conv2', 'bn2'].map((id) => NodeId.parse(id)), enabled: false });
    const names = lowered(editor.document).program.variables.map(({ name }) => name);
    expect(names.some((name) => name.startsWith('conv2.'))).toBe(false);
    expect(names).toContain('conv1.kernel');
  });

  test('several inputs and outputs: each has its feeds and fetches, and the loss is their weighted sum', () => {
    const editor = openEditor();
    editor.add('featureInput', { size: 3 }, 'left');
    editor.add('featureInput', { size: 3 }, 'right');
    editor.add('add', {}, 'sum');
    editor.wire('left', 'sum.a').wire('right', 'sum.b');
    editor.add('dense', { units: 4 }, 'dense');
    editor.wire('sum', 'dense');
    editor.add('policyOutput', { lossWeight: 2 }, 'policy');
    editor.wire('dense', 'policy');
    editor.add('regressionOutput', { lossWeight: 0.5 }, 'value');
    editor.wire('dense', 'value');
    editor.add('featureOutput', {}, 'inside');
    editor.wire('sum', 'inside');
    const { program, inputs, outputs } = lowered(editor.document);
    expect(inputs.map(({ feed }) => feed)).toEqual(['inputs/left', 'inputs/right']);
    expect(outputs.map(({ path, objective }) => [path, objective?.lossWeight])).toEqual([
      ['inside', undefined],
      ['policy', 2],
      ['value', 0.5],
    ]);
    const row = (...data: number[]) => ({ dims: [2, data.length / 2], data: Float64Array.from(data) });
    const feeds = { 'inputs/left': row(1, 2, 3, 4, 5, 6), 'inputs/right': row(0, 1, 0, 1, 0, 1) };
    const targets = { 'targets/policy': row(1, 0, 0, 0, 0, 0.5, 0.5, 0), 'targets/value': row(0, 0, 0, 0, 1, 1, 1, 1) };
    const interpreter = createInterpreter(program, { seed: 1, precision: 'float64' });
    const evaluated = interpreter.run('evaluate', { ...feeds, ...targets });
    const meanOf = (output: string): number => {
      const [sum = NaN, count = NaN] = evaluated[`losses/${output}`]?.data ?? [];
      return sum / count;
    };
    expect(evaluated['loss']?.data[0]).toBeCloseTo(2 * meanOf('policy') + 0.5 * meanOf('value'), 12);
    expect([...(interpreter.run('predict', feeds)['inside/features']?.data ?? [])]).toEqual([1, 3, 3, 5, 5, 7]);
  });

  test('a network without a loss predicts, and has nothing to train', () => {
    const editor = openEditor();
    editor.add('featureInput', { size: 2 }, 'input');
    editor.add('dense', { units: 3 }, 'dense');
    editor.wire('input', 'dense');
    editor.add('featureOutput', {}, 'output');
    editor.wire('dense', 'output');
    const { program, outputs } = lowered(editor.document);
    expect(Object.keys(program.entries)).toEqual(['predict']);
    expect(program.variables.map(({ name }) => name)).toEqual(['dense.kernel', 'dense.bias']);
    expect(outputs[0]?.objective).toBeUndefined();
  });

  test('errors in the document are returned, not thrown', () => {
    const editor = openEditor();
    editor.add('input', {}, 'in');
    editor.add('dense', {}, 'dense');
    editor.wire('in', 'dense');
    const result = lowerDocument(editor.document);
    expect(result.ok ? [] : result.error.map(({ code }) => code)).toEqual(['shape/rank', 'graph/no-output']);
  });

  test('dropout draws a new mask every step and none for prediction', () => {
    const editor = openEditor();
    editor.add('input', { height: 8, width: 8, channels: 1 }, 'input');
    editor.add('flatten', {}, 'flat');
    editor.add('dropout', { rate: 0.5 }, 'drop');
    editor.add('dense', { units: 10 }, 'dense');
    editor.add('classificationOutput', {}, 'output');
    editor.wire('input', 'flat').wire('flat', 'drop').wire('drop', 'dense').wire('dense', 'output');
    const { program } = lowered(editor.document);
    const fresh = (): Interpreter => createInterpreter(program, { seed: 1 });
    const losses = [0, 1, 2].map((step) => trainStep(fresh(), step).loss);
    expect(new Set(losses).size).toBe(3);
    expect(trainStep(fresh(), 1).loss).toBe(losses[1]);
    const predict = fresh();
    expect(predict.run('predict', { 'inputs/input': images })).toEqual(
      predict.run('predict', { 'inputs/input': images }),
    );
  });
});
