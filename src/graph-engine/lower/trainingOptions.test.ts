import { expect, test } from 'vitest';
import { NodeId, SkipwireDocument } from '../document/schema.ts';
import { setFrozen } from '../document/commands/editNode.ts';
import { setTraining } from '../document/commands/editDocument.ts';
import { createInterpreter, type Interpreter } from '../program/interpreter/createInterpreter.ts';
import type { Tensor } from '../program/interpreter/tensor.ts';
import type { Entry } from '../program/program.ts';
import { openEditor } from '../testing/openEditor.ts';
import { residualDigits } from '../testing/examples.ts';
import { lowerDocument } from './lowerDocument.ts';
import { mixingFeedNames } from './mixSamples.ts';
import golden from './trainingOptions.golden.json' with { type: 'json' };

/*
 * A small network under each option of training takes the steps that it takes in PyTorch (tests/oracles/trainingOptions.py).
 * Both compute in double precision, in another order: what differs is a part in 1e15, which four steps may grow a thousandfold.
 */
const TOLERANCE = 1e-11;
const [BATCH, SIZE, CHANNELS] = [7, 6, 2];

type Case = (typeof golden.cases)[number];

function documentOf({ settings, frozen, norm }: Case): SkipwireDocument {
  const editor = openEditor();
  editor.add('input', { height: SIZE, width: SIZE, channels: CHANNELS }, 'input');
  editor.add('conv2d', { filters: 4, kernel: 3, bias: true }, 'conv');
  if (norm) editor.add('batchNormalization', {}, 'norm');
  editor.add('relu', {}, 'relu');
  editor.add('globalAveragePooling', {}, 'pool');
  editor.add('dense', { units: 3 }, 'dense');
  editor.add('classificationOutput', {}, 'output');
  editor.wire('input', 'conv');
  if (norm) editor.wire('conv', 'norm');
  editor
    .wire(norm ? 'norm' : 'conv', 'relu')
    .wire('relu', 'pool')
    .wire('pool', 'dense')
    .wire('dense', 'output');
  editor.dispatch(setFrozen, { scope: null, ids: frozen.map((id) => NodeId.parse(id)), frozen: true });
  editor.dispatch(setTraining, { changes: SkipwireDocument.shape.training.parse(settings) });
  return editor.document;
}

function open(example: Case) {
  const lowered = lowerDocument(documentOf(example));
  if (!lowered.ok) throw new Error(lowered.error[0]?.message);
  const { program } = lowered.value;
  const interpreter = createInterpreter(program, { precision: 'float64' });
  const names = new Set(program.variables.map(({ name }) => name));
  for (const [name, values] of Object.entries(golden.start)) if (names.has(name)) interpreter.write(name, values);
  return { program, interpreter };
}

const scalar = (value: number): Tensor => ({ dims: [], data: Float64Array.of(value) });

function samples(step: number, from = 0, to = BATCH): Record<string, Tensor> {
  const pixels = SIZE * SIZE * CHANNELS;
  const images = golden.images[step]?.slice(from * pixels, to * pixels) ?? [];
  return {
    'inputs/input': { dims: [to - from, SIZE, SIZE, CHANNELS], data: Float64Array.from(images) },
    'targets/output': { dims: [to - from], data: Int32Array.from(golden.labels[step]?.slice(from, to) ?? []) },
  };
}

/** One step on a whole batch, as the training process takes it. */
function takeStep(interpreter: Interpreter, { settings }: Case, step: number): number {
  const seed = { seed: { dims: [2], data: Int32Array.of(1, step) } };
  const learningRate = { learningRate: scalar(golden.rate) };
  const kind = 'mixing' in settings ? settings.mixing?.kind : undefined;
  const mixing: Record<string, Tensor> = {
    ...(kind !== undefined && { [mixingFeedNames.partner]: { dims: [BATCH], data: Int32Array.from(golden.partner) } }),
    ...(kind === 'mixup' && { [mixingFeedNames.share]: scalar(golden.share) }),
    ...(kind === 'cutmix' && { [mixingFeedNames.box]: { dims: [4], data: Float64Array.from(golden.box) } }),
  };
  const parts = 'accumulate' in settings ? (settings.accumulate ?? 1) : 1;
  if (parts === 1) {
    const results = interpreter.run('train', { ...samples(step), ...seed, ...learningRate, ...mixing });
    return results['loss']?.data[0] ?? NaN;
  }
  let loss = 0;
  for (let from = 0; from < BATCH; from += parts) {
    const to = Math.min(BATCH, from + parts);
    const share = (to - from) / BATCH;
    const results = interpreter.run('train', { ...samples(step, from, to), ...seed, share: scalar(share) });
    loss += share * (results['loss']?.data[0] ?? NaN);
  }
  interpreter.run('update', learningRate);
  return loss;
}

test.each(golden.cases.map((example) => [describe(example), example] as const))(
  '%s takes the steps of PyTorch',
  (_, example) => {
    const { interpreter } = open(example);
    for (const [step, expected] of example.steps.entries()) {
      expect(Math.abs(takeStep(interpreter, example, step) - expected.loss), `loss of ${step}`).toBeLessThan(TOLERANCE);
      if ('averaging' in example.settings) interpreter.run('average', {});
      for (const [name, values] of Object.entries(expected.variables)) {
        const found = interpreter.read(name);
        values.forEach((value, i) => {
          expect(Math.abs((found[i] ?? NaN) - value), `${name}[${i}] of ${step}`).toBeLessThan(TOLERANCE);
        });
      }
      const evaluated = 'evaluated' in expected ? Number(expected.evaluated) : undefined;
      if (evaluated === undefined) continue;
      const { loss } = interpreter.run('evaluate', samples(step));
      expect(Math.abs((loss?.data[0] ?? NaN) - evaluated)).toBeLessThan(TOLERANCE);
    }
  },
);

function describe({ settings, frozen }: Case): string {
  const { optimizer: _optimizer, ...rest } = settings;
  return `${JSON.stringify(rest)}${frozen.length === 0 ? '' : `, frozen ${frozen.join(' and ')}`}`;
}

const countOf = (entry: Entry | undefined, primitive: string): number =>
  entry?.instructions.filter((one) => one.primitive === primitive).length ?? NaN;

test('what lies before the first weight that learns has no gradient, and frozen norms keep their statistics', () => {
  const editor = openEditor(residualDigits());
  const train = () => {
    const lowered = lowerDocument(editor.document);
    if (!lowered.ok) throw new Error(lowered.error[0]?.message);
    return lowered.value.program.entries['train'];
  };
  const whole = train();
  expect(countOf(whole, 'conv2dBackpropFilter')).toBe(2);
  const ids = Object.entries(editor.document.graph.nodes)
    .filter(([, node]) => 'block' in node || !/dense|output/i.test(node.op))
    .map(([id]) => NodeId.parse(id));
  editor.dispatch(setFrozen, { scope: null, ids, frozen: true });
  const rest = train();
  for (const gone of ['conv2dBackpropFilter', 'conv2dBackpropInput', 'batchNormTraining', 'assign']) {
    // Adam moves on the powers of its betas by an assignment each.
    expect(countOf(rest, gone), gone).toBe(gone === 'assign' ? 2 : 0);
  }
  expect(countOf(rest, 'conv2d')).toBe(countOf(whole, 'conv2d'));
  editor.undo();
  expect(countOf(train(), 'conv2dBackpropFilter')).toBe(countOf(whole, 'conv2dBackpropFilter'));
});

test('a network that is frozen as a whole is told so', () => {
  const editor = openEditor(residualDigits());
  const ids = Object.keys(editor.document.graph.nodes).map((id) => NodeId.parse(id));
  editor.dispatch(setFrozen, { scope: null, ids, frozen: true });
  const lowered = lowerDocument(editor.document);
  expect(lowered.ok ? [] : lowered.error.map(({ code }) => code)).toEqual(['training/all-frozen']);
});

test('settings that do not fit the network are told before anything is trained', () => {
  const refused = (changes: object): string => {
    const editor = openEditor(residualDigits());
    editor.dispatch(setTraining, { changes });
    const lowered = lowerDocument(editor.document);
    return lowered.ok ? 'lowered' : `${lowered.error[0]?.code}: ${lowered.error[0]?.message}`;
  };
  expect(refused({ classWeights: { kind: 'given', weights: '1, 2' } })).toMatch(
    /^training\/class-weights: There are 2 class weights for the 10 classes/,
  );
  expect(refused({ classWeights: { kind: 'balanced' }, mixing: { kind: 'cutmix', alpha: 1 } })).toBe('lowered');
});
