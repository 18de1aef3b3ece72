import { describe, expect, test } from 'vitest';
import { NodeId } from '../document/schema.ts';
import { createInterpreter, type Interpreter } from '../program/interpreter/createInterpreter.ts';
import { residualDigits, residualNetwork20 } from '../testing/examples.ts';
import { openEditor } from '../testing/openEditor.ts';
import { lowerDocument } from './lowerDocument.ts';
import { lowerProbe, type Lesion, type LoweredProbe } from './lowerProbe.ts';

const document = openEditor(residualDigits()).set('conv1', 'filters', 4).set('conv2', 'filters', 4).document;
const image = {
  dims: [1, 8, 8, 1],
  data: Float64Array.from({ length: 64 }, (_, i) => ((i * 37) % 17) / 17),
};

function probeOf(given = document, lesions: readonly (readonly [string, Lesion])[] = []): LoweredProbe {
  const result = lowerProbe(given, new Map(lesions));
  if (!result.ok) throw new Error(result.error[0]?.message);
  return result.value;
}

/** What feeds a node, as names of fetches. */
function inputsOf(id: string): string[] {
  const inputs = document.graph.nodes[NodeId.parse(id)]?.inputs ?? {};
  return Object.values(inputs).map(({ node, port }) => `${node}/${port}`);
}

function run({ program }: LoweredProbe): ReturnType<Interpreter['run']> {
  return createInterpreter(program, { seed: 1, precision: 'float64' }).run('probe', { 'inputs/input': image });
}

describe('every value of a network can be looked at', () => {
  test('at the outputs it is what is predicted', () => {
    const lowered = lowerDocument(document);
    if (!lowered.ok) throw new Error('The template has errors');
    const interpreter = createInterpreter(lowered.value.program, { seed: 1, precision: 'float64' });
    const predicted = interpreter.run('predict', { 'inputs/input': image });
    const seen = run(probeOf());
    expect(seen['output/probabilities']).toEqual(predicted['output/probabilities']);
    expect(seen['output/logits']).toEqual(predicted['output/logits']);
    expect(seen['input/output']?.data).toEqual(image.data);
  });

  test('an addition is the sum of what enters it', () => {
    const seen = run(probeOf());
    const [a, b] = inputsOf('add').map((name) => seen[name]?.data ?? []);
    const sum = seen['add/output']?.data ?? [];
    expect(sum.length).toBeGreaterThan(0);
    sum.forEach((value, i) => expect(value).toBeCloseTo((a?.[i] ?? NaN) + (b?.[i] ?? NaN), 12));
  });

  test('inside blocks and repetitions each has its path; a block is what leaves its last repetition', () => {
    const { values } = probeOf(residualNetwork20());
    const at = (path: string) => values.find((value) => value.path === path);
    expect(at('stage2')?.type).toEqual(at('stage2[2]')?.type);
    expect(at('stage2[2].conv1')?.type.axes.map(({ size }) => size)).toEqual([16, 16, 32]);
    expect(at('stage2[1].input')).toBeDefined();
    expect(at('stage2[1].output')).toBeDefined();
    expect(at('stage2[3]')).toBeUndefined();
    expect(new Set(values.map(({ fetch }) => fetch)).size).toBe(values.length);
  });
});

describe('a lesion', () => {
  test('by passing by: the residual branch is gone, and what comes behind changes', () => {
    const [whole, hurt] = [run(probeOf()), run(probeOf(document, [['relu2', 'bypass']]))];
    const [source = ''] = inputsOf('relu2');
    expect(hurt['relu2/output']).toEqual(whole[source]);
    expect(hurt['output/logits']).not.toEqual(whole['output/logits']);
  });

  test('by muting: zeros come out', () => {
    const hurt = run(probeOf(document, [['conv2', 'mute']]));
    expect([...(hurt['conv2/output']?.data ?? [])].every((value) => value === 0)).toBe(true);
  });

  test('of one repetition leaves the others alone', () => {
    const { program, values } = probeOf(residualNetwork20(), [['stage2[1]', 'bypass']]);
    expect(values.some(({ path }) => path === 'stage2[1].conv1')).toBe(true);
    expect(program.variables.some(({ name }) => name === 'stage2[1].conv1.kernel')).toBe(true);
  });

  test('that cannot be is refused in words: another shape, or nothing of that name', () => {
    const refused = (path: string, how: Lesion) => {
      const result = lowerProbe(residualNetwork20(), new Map([[path, how]]));
      return result.ok ? [] : result.error.map(({ code }) => code);
    };
    expect(refused('stage2[0]', 'bypass')).toEqual(['probe/cannot-bypass']);
    expect(refused('stage9', 'mute')).toEqual(['probe/no-such-node']);
    expect(refused('stage2[0]', 'mute')).toEqual([]);
  });
});
