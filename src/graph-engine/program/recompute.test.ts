import { expect, test } from 'vitest';
import { lowerDocument } from '../lower/lowerDocument.ts';
import { residualNetwork20 } from '../testing/examples.ts';
import { openEditor } from '../testing/openEditor.ts';
import { createInterpreter } from './interpreter/createInterpreter.ts';
import { primitiveNamed } from './primitives/index.ts';
import type { Program } from './program.ts';
import { recomputeSegments } from './recomputeSegments.ts';

/** Convolutions with batch normalization, a skip around each, and dropout: what must not happen twice, and must repeat. */
function residualTower(depth: number, recompute: boolean): Program {
  const editor = openEditor();
  editor.add('input', { height: 6, width: 6, channels: 2 }, 'input');
  let last = 'input';
  for (let level = 0; level < depth; level++) {
    const [conv, norm, drop, relu, sum] = ['conv', 'norm', 'drop', 'relu', 'sum'].map((name) => `${name}${level}`);
    if (!conv || !norm || !drop || !relu || !sum) throw new Error('five names');
    editor.add('conv2d', { filters: 2, bias: false }, conv);
    editor.add('batchNormalization', {}, norm);
    editor.add('dropout', { rate: 0.25 }, drop);
    editor.add('relu', {}, relu);
    editor.add('add', {}, sum);
    editor.wire(last, conv).wire(conv, norm).wire(norm, drop).wire(drop, relu);
    editor.wire(relu, `${sum}.a`).wire(last, `${sum}.b`);
    last = sum;
  }
  editor.add('globalAveragePooling', {}, 'pool');
  editor.add('dense', { units: 3 }, 'dense');
  editor.add('classificationOutput', {}, 'output');
  editor.wire(last, 'pool').wire('pool', 'dense').wire('dense', 'output');
  const { document } = editor;
  const lowered = lowerDocument({ ...document, training: { ...document.training, recompute } });
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
  return lowered.value.program;
}

function trained(program: Program): { losses: number[]; variables: Record<string, number[]> } {
  const interpreter = createInterpreter(program, { seed: 3 });
  const losses: number[] = [];
  for (let step = 0; step < 4; step++) {
    const { loss } = interpreter.run('train', {
      'inputs/input': { dims: [3, 6, 6, 2], data: Float32Array.from({ length: 216 }, (_, i) => Math.sin(i * 1.7)) },
      'targets/output': { dims: [3], data: Int32Array.of(0, 1, 2) },
      learningRate: { dims: [], data: Float32Array.of(0.01) },
      seed: { dims: [2], data: Int32Array.of(3, step) },
    });
    losses.push(loss?.data[0] ?? Number.NaN);
  }
  const variables = Object.fromEntries(program.variables.map(({ name }) => [name, [...interpreter.read(name)]]));
  return { losses, variables };
}

test('what is computed twice gives the same losses, weights and running statistics, bit for bit', () => {
  const [kept, forgotten] = [residualTower(9, false), residualTower(9, true)];
  expect(trained(forgotten)).toEqual(trained(kept));
  const count = (program: Program, primitive: string) =>
    program.entries['train']?.instructions.filter((instruction) => instruction.primitive === primitive).length ?? 0;
  expect(count(kept, 'batchNormTraining')).toBe(9);
  expect(count(forgotten, 'batchNormTraining')).toBeGreaterThan(13);
  // Masks are drawn again, and nothing is written again.
  expect(count(forgotten, 'randomUniform')).toBeGreaterThan(13);
  expect(count(forgotten, 'assign')).toBe(count(kept, 'assign'));
});

test('what is computed again waits for the gradients behind it', () => {
  const instructions = residualTower(9, true).entries['train']?.instructions ?? [];
  const late = new Set<number>();
  for (const { primitive, inputs, outputs, origin } of instructions) {
    if (primitive !== 'after' && !inputs.some(({ id }) => late.has(id))) {
      expect(origin, `${primitive} of ${origin}`).not.toContain(':again');
      continue;
    }
    for (const { id } of outputs) late.add(id);
  }
  expect(late.size).toBeGreaterThan(0);
});

test('a deep network is cut between its blocks, into about as many parts as the root of its depth', () => {
  const lowered = lowerDocument(residualNetwork20());
  if (!lowered.ok) throw new Error('ResNet-20 lowers');
  const instructions = lowered.value.program.entries['train']?.instructions ?? [];
  const firstGradient = instructions.findIndex(({ origin }) => origin.endsWith(':gradient'));
  const forward = instructions.slice(0, firstGradient).filter(({ primitive }) => !primitiveNamed(primitive).effect);
  const segments = recomputeSegments(forward);
  expect(segments.length).toBeGreaterThanOrEqual(3);
  expect(segments.length).toBeLessThanOrEqual(10);
  expect(segments.map(({ begin }) => begin)).toEqual([0, ...segments.slice(0, -1).map(({ end }) => end)]);
  for (const { end } of segments.slice(0, -1)) {
    const crossing = new Set<number>();
    const made = new Set(forward.slice(0, end).flatMap(({ outputs }) => outputs.map(({ id }) => id)));
    for (const { inputs } of forward.slice(end)) {
      for (const { id, dims } of inputs) if (made.has(id) && dims.length === 4 && dims[0] === -1) crossing.add(id);
    }
    // Between blocks one image is alive, inside a block two.
    expect(crossing.size).toBe(1);
  }
});
