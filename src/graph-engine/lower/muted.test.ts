import { describe, expect, test } from 'vitest';
import {
  blockTemplate,
  lowered,
  networkOf,
  predictByInterpreter,
  trainedLooking,
} from '../../../tests/support/networks.ts';
import { openAdvice } from '../advice/adviseDocument.ts';
import { formatShape } from '../core/shape.ts';
import { describeDiff } from '../diff/describeDiff.ts';
import { diffDocuments } from '../diff/diffDocuments.ts';
import { setEnabled, setMuted } from '../document/commands/editNode.ts';
import { unpackBlock, whyNotUnpacked } from '../document/commands/unpackBlock.ts';
import { loadDocument } from '../document/loadDocument.ts';
import { BlockId, NodeId, type SkipwireDocument } from '../document/schema.ts';
import { serializeDocument } from '../document/serializeDocument.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import { receptiveFields } from '../infer/receptiveField.ts';
import { createInterpreter } from '../program/interpreter/createInterpreter.ts';
import { residualDigits } from '../testing/examples.ts';
import { openEditor } from '../testing/openEditor.ts';
import { networkEnds } from '../training/networkEnds.ts';
import { expandDocument } from './expandDocument.ts';

const ids = (...names: readonly string[]): readonly NodeId[] => names.map((name) => NodeId.parse(name));
const residual = blockTemplate('residual-basic.json');
const image = { op: 'input', parameters: { height: 6, width: 6, channels: 4 }, inputs: {} };
const end = {
  pool: { op: 'globalAveragePooling' },
  dense: { op: 'dense', parameters: { units: 3 } },
  output: { op: 'classificationOutput' },
};

const sample = { dims: [2, 6, 6, 4], data: Float32Array.from({ length: 288 }, (_, i) => Math.sin(i)) };

/** What a network answers with weights that differ from their first values, told by the names of the other's. */
function answer(document: SkipwireDocument, namesOf: SkipwireDocument = document): readonly number[] {
  const weights = trainedLooking(lowered(namesOf).program, 5);
  const own = new Set(lowered(document).program.variables.map(({ name }) => name));
  const kept = new Map([...weights].filter(([name]) => own.has(name)));
  const samples = { image: sample, second: sample };
  return Array.from(predictByInterpreter(lowered(document), kept, samples)['output/probabilities']?.data ?? []);
}

function weightsOf(document: SkipwireDocument): readonly string[] {
  return lowered(document)
    .program.variables.filter(({ role }) => role !== 'slot')
    .map(({ name }) => name);
}

function close(a: readonly number[], b: readonly number[]): void {
  expect(a).toHaveLength(b.length);
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i] ?? NaN, 5));
}

describe('a muted node', () => {
  const muted = networkOf({
    image,
    conv: { op: 'conv2d', parameters: { filters: 8, stride: 2 }, muted: true },
    ...end,
  });

  test('keeps its shape, and has no weights and no costs', () => {
    const { root, diagnostics } = inferDocument(muted);
    const conv = root.nodes.get(NodeId.parse('conv'));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(conv?.outputs['output'] && formatShape(conv.outputs['output'])).toBe('3×3×8');
    expect([conv?.totals.parameters, conv?.totals.macs, conv?.totals.activationBytes]).toEqual([0, 0, 0]);
    expect(weightsOf(muted)).toEqual(['dense.kernel', 'dense.bias']);
    // What is behind it depends on no pixel.
    expect([...receptiveFields(muted).keys()]).toEqual(['image']);
  });

  test('gives zeros: of the network is left what the bias says', () => {
    const [first, second] = [answer(muted).slice(0, 3), answer(muted).slice(3)];
    expect(first).toEqual(second);
    const bias = trainedLooking(lowered(muted).program, 5).get('dense.bias') ?? [];
    const powers = Array.from(bias, Math.exp);
    close(
      first,
      powers.map((power) => power / powers.reduce((sum, one) => sum + one, 0)),
    );
  });

  test('a muted branch leaves the skip alone, whatever stands on the branch', () => {
    const branch = (fields: object) =>
      networkOf({
        image,
        conv: { op: 'conv2d', parameters: { filters: 4 } },
        bn: { op: 'batchNormalization', ...fields },
        add: { op: 'add', inputs: { a: 'bn', b: 'image' } },
        ...end,
      });
    const without = networkOf({ image, ...end });
    close(answer(branch({ muted: true }), branch({})), answer(without, branch({})));
    expect(answer(branch({}))).not.toEqual(answer(without, branch({})));
    // It is no residual connection any more, so nothing is advised about one; what does nothing is told once.
    expect(openAdvice(branch({ muted: true }))).toEqual([]);
    expect(inferDocument(branch({ muted: true })).diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        'graph/muted',
        '"bn" is muted: zeros come out of it. "conv" leads nowhere else, so it takes no part in training.',
      ],
    ]);
  });

  test('trains: what feeds only it stays as it was, what is behind it learns', () => {
    const editor = openEditor(residualDigits());
    editor.dispatch(setMuted, { scope: null, ids: ids('bn2'), muted: true });
    const interpreter = createInterpreter(lowered(editor.document).program, { seed: 1 });
    const before = ['conv2.kernel', 'dense.kernel'].map((name) => [...interpreter.read(name)]);
    interpreter.run('train', {
      'inputs/input': { dims: [2, 8, 8, 1], data: Float64Array.from({ length: 128 }, (_, i) => (i % 7) / 7) },
      'targets/output': { dims: [2], data: Float64Array.of(1, 2) },
      learningRate: { dims: [], data: Float64Array.of(0.1) },
      seed: { dims: [2], data: Float64Array.of(1, 0) },
    });
    expect([...interpreter.read('conv2.kernel')]).toEqual(before[0]);
    expect([...interpreter.read('dense.kernel')]).not.toEqual(before[1]);
  });

  test('mute and bypass take each other off; both survive the file, and the diff tells them', () => {
    const editor = openEditor(residualDigits());
    const before = editor.document;
    const at = () => editor.document.graph.nodes[NodeId.parse('conv2')];
    editor.dispatch(setEnabled, { scope: null, ids: ids('conv2'), enabled: false });
    editor.dispatch(setMuted, { scope: null, ids: ids('conv2'), muted: true });
    expect([at()?.enabled, at()?.muted]).toEqual([undefined, true]);
    expect(describeDiff(diffDocuments(before, editor.document))).toContain('~ conv2 (Conv2D): muted no → yes');
    const loaded = loadDocument(editor.text);
    expect(loaded.ok && serializeDocument(loaded.value)).toBe(editor.text);
    editor.dispatch(setEnabled, { scope: null, ids: ids('conv2'), enabled: false });
    expect([at()?.enabled, at()?.muted]).toEqual([false, undefined]);
    editor.undo().undo().undo();
    expect(editor.document).toEqual(before);
  });
});

describe('ends of the network', () => {
  test('a muted input needs no data; muted, the only one is missing', () => {
    const two = networkOf({
      second: { ...image, muted: true },
      image,
      add: { op: 'add', inputs: { a: 'second', b: 'image' } },
      ...end,
    });
    expect(lowered(two).inputs.map(({ path }) => path)).toEqual(['image']);
    expect(networkEnds(inferDocument(two).root).inputs.map(({ path }) => path)).toEqual(['image']);
    close(answer(two), answer(networkOf({ image, ...end })));
    const none = networkOf({ image: { ...image, muted: true }, ...end });
    expect(inferDocument(none).diagnostics.map(({ code }) => code)).toContain('graph/no-input');
  });

  test('a muted output neither predicts nor learns; muted, the only one is missing', () => {
    const second = { second: { op: 'classificationOutput', muted: true, inputs: { input: 'dense' } } };
    const two = networkOf({ image, ...end, ...second });
    expect(lowered(two).outputs.map(({ path }) => path)).toEqual(['output']);
    expect(networkEnds(inferDocument(two).root).outputs.map(({ path }) => path)).toEqual(['output']);
    const none = networkOf({ image, ...end, output: { op: 'classificationOutput', muted: true } });
    expect(inferDocument(none).diagnostics.map(({ code }) => code)).toContain('graph/no-output');
  });
});

describe('blocks', () => {
  const stage = (fields: object) =>
    networkOf(
      { image, stage: { block: residual.id, parameters: { filters: 4 }, repeat: 3, ...fields }, ...end },
      residual.blocks,
    );

  test('a muted block gives zeros in the shape that its last repetition has', () => {
    const document = networkOf(
      {
        image,
        stage: { block: residual.id, parameters: { filters: 8, stride: 2, shortcut: 'projection' }, muted: true },
        ...end,
      },
      residual.blocks,
    );
    const node = inferDocument(document).root.nodes.get(NodeId.parse('stage'));
    expect(node?.outputs['output'] && formatShape(node.outputs['output'])).toBe('3×3×8');
    expect([node?.totals.parameters, node?.instances?.length]).toEqual([0, 1]);
    expect(weightsOf(document)).toEqual(['dense.kernel', 'dense.bias']);
  });

  /** Mutes the last normalization of the branch inside the block. */
  const inside = (muted: boolean | string, repeat = 3): SkipwireDocument =>
    openEditor(stage({ repeat })).dispatch(setMuted, { scope: residual.id as never, ids: ids('bn2'), muted }).document;

  test('inside a block, in every repetition: the block is its skip and its last activation', () => {
    const skips = networkOf({ image, relu: { op: 'relu' }, ...end });
    close(answer(inside(true), inside(true)), answer(skips, inside(true)));
  });

  test('inside a block, in one repetition by an expression: as if that one were its skip', () => {
    const lesioned = inside('= index == 1', 2);
    const first = networkOf(
      { image, stage: { block: residual.id, parameters: { filters: 4 }, repeat: 1 }, ...end },
      residual.blocks,
    );
    const weights = trainedLooking(lowered(lesioned).program, 5);
    const samples = { image: sample };
    const probabilities = (document: SkipwireDocument): readonly number[] => {
      const names = lowered(document).program.variables.map(({ name }) => name);
      const own = names.map((name) => [name, weights.get(name.replace(/^stage\./, 'stage[0].'))] as const);
      const given = new Map(own.flatMap(([name, values]) => (values === undefined ? [] : [[name, values] as const])));
      return Array.from(predictByInterpreter(lowered(document), given, samples)['output/probabilities']?.data ?? []);
    };
    close(probabilities(lesioned), probabilities(first));
  });

  test('unpacked, an expression has become a mute of the one it meant', () => {
    const editor = openEditor(inside('= index == 1', 2)).dispatch(unpackBlock, {
      scope: null,
      id: NodeId.parse('stage'),
    });
    const mutes = Object.entries(editor.document.graph.nodes).filter(([, node]) => node.muted !== undefined);
    expect(mutes.map(([id, { muted }]) => [id, muted])).toEqual([['bn2-2', true]]);
    close(answer(editor.document).slice(0, 3).map(Math.sign), [1, 1, 1]);
  });

  test('unpacked while it is muted, everything in it is: the same zeros, the same costs', () => {
    const document = stage({ muted: true });
    const { blocks } = document;
    const { stage: node } = document.graph.nodes as Record<string, (typeof document)['graph']['nodes'][NodeId]>;
    expect(node !== undefined && 'block' in node && whyNotUnpacked(document, node)).toBeUndefined();
    const unpacked = openEditor(document).dispatch(unpackBlock, { scope: null, id: NodeId.parse('stage') }).document;
    const [before, after] = [inferDocument(document), inferDocument(unpacked)];
    expect(after.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(after.totals).toEqual(before.totals);
    expect(weightsOf(unpacked)).toEqual(weightsOf(document));
    close(answer(unpacked), answer(document));
    // What enters and leaves without a node between has nothing that could be muted in its place.
    const wire = { node: 'x', port: 'output' };
    const graph = { nodes: { x: { op: 'blockInput' }, y: { op: 'blockOutput', inputs: { input: wire } } } };
    const straight = { ...document, blocks: { ...blocks, straight: { name: 'Straight', graph } } };
    const loaded = loadDocument(JSON.stringify(straight));
    const through = { block: 'straight', parameters: {}, inputs: {}, position: { x: 0, y: 0 }, muted: true } as const;
    expect(loaded.ok && whyNotUnpacked(loaded.value, { ...through, block: BlockId.parse('straight') })).toContain(
      'passes straight through',
    );
  });

  test('unfolded, the same weights and the same zeros', () => {
    for (const document of [inside(true), inside('= index == 1'), stage({ muted: true })]) {
      const expanded = expandDocument(document);
      const [before, after] = [inferDocument(document), inferDocument(expanded)];
      expect(after.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(after.totals).toEqual(before.totals);
      expect(answer(expanded)).toHaveLength(6);
    }
    close(answer(expandDocument(stage({ muted: true }))), answer(stage({ muted: true })));
  });
});
