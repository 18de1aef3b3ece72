import { describe, expect, test } from 'vitest';
import { insertBlock } from '../document/commands/blocks.ts';
import { renameNode, setEnabled, setRepeat } from '../document/commands/editNode.ts';
import { formatShape, tokens, type TensorType } from '../core/shape.ts';
import { BlockId, NodeId, type SkipwireDocument } from '../document/schema.ts';
import { residualBlock, residualDigits, residualNetwork20 } from '../testing/examples.ts';
import { emptyDocument, openEditor, type Editor } from '../testing/openEditor.ts';
import { inferDocument, inferredScope } from './inferDocument.ts';

function shapeAt(editor: Editor, id: string, port = 'output'): string {
  const type = editor.inferred.root.nodes.get(NodeId.parse(id))?.outputs[port];
  return type === undefined ? 'unknown' : formatShape(type);
}

/** Input → conv → bn → relu with a skip into an Add. */
function drawResidual(): Editor {
  const editor = openEditor();
  editor.add('input', { height: 32, width: 32, channels: 16 }, 'in');
  editor.add('conv2d', { filters: 16, bias: false }, 'conv');
  editor.add('batchNormalization', {}, 'bn');
  editor.add('add', {}, 'sum');
  editor.add('globalAveragePooling', {}, 'pool');
  editor.add('dense', { units: 10 }, 'dense');
  editor.add('classificationOutput', {}, 'out');
  return editor
    .wire('in', 'conv')
    .wire('conv', 'bn')
    .wire('bn', 'sum.a')
    .wire('in', 'sum.b')
    .wire('sum', 'pool')
    .wire('pool', 'dense')
    .wire('dense', 'out');
}

describe('drawing a residual connection', () => {
  test('shapes, parameters and multiply-accumulates appear on the way', () => {
    const editor = drawResidual();
    expect(editor.diagnostics).toEqual([]);
    expect([
      shapeAt(editor, 'conv'),
      shapeAt(editor, 'sum'),
      shapeAt(editor, 'pool'),
      shapeAt(editor, 'out', 'logits'),
    ]).toEqual(['32×32×16', '32×32×16', '16', '10']);
    // Convolution 3·3·16·16, batch normalization 2·16, dense 16·10 + 10.
    expect(editor.inferred.totals).toEqual({
      parameters: 2304 + 32 + 170,
      trainableParameters: 2304 + 32 + 170,
      statistics: 32,
      macs: 32 * 32 * 2304 + 160,
      // Input, convolution, normalization and sum are images; then come 16 means, 10 scores, and scores with probabilities.
      activationBytes: 4 * (4 * 32 * 32 * 16 + 16 + 10 + 20),
      nodes: 7,
    });
  });

  test('a stride on the branch asks for a projection on the skip, and the fix inserts it', () => {
    const editor = drawResidual();
    const before = editor.text;
    editor.set('conv', 'stride', [2, 2]).set('conv', 'filters', 32);
    expect(editor.diagnostics).toEqual(['sum.b: shape/add-mismatch']);
    const [mismatch] = editor.inferred.diagnostics;
    expect(mismatch).toMatchObject({ expected: '16×16×32', received: '32×32×16' });
    expect(mismatch?.fixes?.[0]?.label).toBe('Insert a 1×1 projection on the skip (32 filters, stride 2)');
    editor.applyFix('shape/add-mismatch');
    expect(editor.diagnostics).toEqual([]);
    expect(shapeAt(editor, 'sum')).toBe('16×16×32');
    expect(editor.undo().undo().undo().text).toBe(before);
  });

  test('the skip may come in at either port of the Add', () => {
    const editor = drawResidual();
    editor.wire('in', 'sum.a').wire('bn', 'sum.b').set('conv', 'filters', 24);
    editor.applyFix('shape/add-mismatch');
    expect(editor.diagnostics).toEqual([]);
    expect(shapeAt(editor, 'sum')).toBe('32×32×24');
  });

  test('a missing output is added by its fix', () => {
    const editor = openEditor();
    editor.add('input', {}, 'in');
    editor.add('globalAveragePooling', {}, 'pool');
    editor.add('dense', {}, 'dense');
    editor.wire('in', 'pool').wire('pool', 'dense');
    expect(editor.diagnostics).toEqual(['dense: graph/no-output']);
    expect(editor.applyFix('graph/no-output').diagnostics).toEqual([]);
  });
});

describe('mistakes are values with a place', () => {
  test('an unconnected input makes what follows unknown, not wrong', () => {
    const editor = drawResidual();
    editor.history.dispatch(renameNode, { scope: null, id: NodeId.parse('conv'), name: 'first' });
    editor.add('conv2d', {}, 'loose');
    editor.wire('loose', 'bn');
    expect(editor.diagnostics).toEqual(['conv: graph/unused', 'loose.input: graph/missing-input']);
    expect(shapeAt(editor, 'sum')).toBe('unknown');
  });

  test('a cycle in a file is told for its nodes; the rest is still inferred', () => {
    const document: SkipwireDocument = structuredClone(drawResidual().document);
    const relu = {
      op: 'relu',
      parameters: {},
      inputs: { input: { node: NodeId.parse('turn2'), port: 'output' } },
      position: { x: 0, y: 0 },
    };
    document.graph.nodes[NodeId.parse('turn1')] = relu;
    document.graph.nodes[NodeId.parse('turn2')] = {
      ...relu,
      inputs: { input: { node: NodeId.parse('turn1'), port: 'output' } },
    };
    const editor = openEditor(document);
    expect(editor.diagnostics).toEqual([
      'turn1: graph/cycle',
      'turn1: graph/unused',
      'turn2: graph/cycle',
      'turn2: graph/unused',
    ]);
    expect(shapeAt(editor, 'dense')).toBe('10');
  });

  test('unknown ops, wrong parameters, wrong ports, dangling wires and equal names', () => {
    const document: SkipwireDocument = structuredClone(drawResidual().document);
    const { nodes } = document.graph;
    const node = {
      parameters: {},
      inputs: { input: { node: NodeId.parse('in'), port: 'output' } },
      position: { x: 0, y: 0 },
    };
    nodes[NodeId.parse('a')] = { op: 'quantumConv', ...node };
    nodes[NodeId.parse('b')] = { op: 'conv2d', ...node, parameters: { filters: -3 } };
    nodes[NodeId.parse('c')] = { op: 'conv2d', ...node, parameters: { fliters: 3 } };
    nodes[NodeId.parse('d')] = {
      op: 'relu',
      ...node,
      inputs: { input: { node: NodeId.parse('nowhere'), port: 'output' } },
    };
    nodes[NodeId.parse('e')] = { op: 'relu', ...node, inputs: { input: { node: NodeId.parse('in'), port: 'second' } } };
    nodes[NodeId.parse('f')] = { op: 'relu', ...node, name: 'dense' };
    nodes[NodeId.parse('g')] = { op: 'conv2d', ...node, parameters: { filters: '= width' } };
    nodes[NodeId.parse('h')] = { op: 'conv2d', ...node, parameters: { kernel: 99, padding: 'valid' } };
    nodes[NodeId.parse('i')] = { op: 'dense', ...node };
    const errors = inferDocument(document).diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ at, code }) => `${at.node ?? ''}.${at.parameter ?? at.port ?? ''} ${code}`).sort()).toEqual([
      'a. graph/unknown-op',
      'b.filters parameter/invalid',
      'c.fliters parameter/unknown',
      'd.input graph/dangling-wire',
      'e.input graph/unknown-port',
      'f. graph/duplicate-name',
      'g.filters expression/invalid',
      'h.kernel shape/window',
      'i.input shape/rank',
    ]);
    for (const { message } of errors) expect(message.length).toBeGreaterThan(20);
  });
});

describe('blocks', () => {
  test('a repeated block counts its parameters and changes the shape once', () => {
    const editor = openEditor(residualNetwork20());
    const stage = editor.inferred.root.nodes.get(NodeId.parse('stage2'));
    expect(stage?.instances).toHaveLength(3);
    expect(shapeAt(editor, 'stage2')).toBe('16×16×32');
    expect(
      inferredScope(editor.inferred, [NodeId.parse('stage2')], 0)?.nodes.get(NodeId.parse('subsample'))?.bypassed,
    ).toBe(false);
    expect(
      inferredScope(editor.inferred, [NodeId.parse('stage2')], 1)?.nodes.get(NodeId.parse('subsample'))?.bypassed,
    ).toBe(true);
    // Instances that cannot be told apart are one object: a thousand layers cost as much as two.
    expect(stage?.instances?.[1]).toBe(stage?.instances?.[2]);
  });

  test('depth is one number: ResNet-20 to ResNet-1001', () => {
    const editor = openEditor(residualNetwork20());
    const deepen = (repeat: number): number => {
      for (const stage of ['stage1', 'stage2', 'stage3'])
        editor.dispatch(setRepeat, { scope: null, id: NodeId.parse(stage), repeat });
      return editor.inferred.totals.trainableParameters;
    };
    // Counts of the CIFAR family with option A shortcuts: 2·(9·c²)+4·c a block; the paper rounds them to 0.46, 0.66, 0.85 and 1.7 million.
    expect([5, 7, 9, 18].map(deepen)).toEqual([464_154, 658_586, 853_018, 1_727_962]);
    expect(editor.diagnostics).toEqual([]);
    expect(deepen(166)).toBeGreaterThan(16_000_000);
  });

  test('a mistake inside a block is told with the way to it', () => {
    const document: SkipwireDocument = structuredClone(residualNetwork20());
    const block = document.blocks[BlockId.parse('residual-basic')];
    if (block === undefined) throw new Error('the block is there');
    const relu1 = block.graph.nodes[NodeId.parse('relu1')];
    if (relu1 !== undefined) relu1.inputs = {};
    expect(openEditor(document).diagnostics).toEqual([
      'stage1/relu1.input: graph/missing-input',
      'stage2/relu1.input: graph/missing-input',
      'stage3/relu1.input: graph/missing-input',
    ]);
  });

  test('recursion, a missing block and a runaway repeat are bounded and told', () => {
    const document: SkipwireDocument = structuredClone(residualNetwork20());
    const id = BlockId.parse('residual-basic');
    const block = document.blocks[id];
    if (block === undefined) throw new Error('the block is there');
    block.graph.nodes[NodeId.parse('self')] = {
      block: id,
      parameters: {},
      inputs: { input: { node: NodeId.parse('input'), port: 'output' } },
      position: { x: 0, y: 0 },
    };
    expect(openEditor(document).diagnostics.some((line) => line === 'stage1/self: block/recursion')).toBe(true);

    const editor = openEditor(residualNetwork20());
    editor.dispatch(setRepeat, { scope: null, id: NodeId.parse('stage1'), repeat: '= 1000 * 1000' });
    expect(editor.diagnostics).toContain('stage1: block/repeat');

    const nested: SkipwireDocument = structuredClone(residualNetwork20());
    const port = (node: string): { node: NodeId; port: string } => ({ node: NodeId.parse(node), port: 'output' });
    const position = { x: 0, y: 0 };
    for (const [name, inner] of [
      ['two', 'residual-basic'],
      ['three', 'two'],
      ['four', 'three'],
    ] as const) {
      nested.blocks[BlockId.parse(name)] = {
        name,
        parameters: [],
        graph: {
          nodes: {
            [NodeId.parse('input')]: { op: 'blockInput', parameters: {}, inputs: {}, position },
            [NodeId.parse('many')]: {
              block: BlockId.parse(inner),
              repeat: 2000,
              parameters: {},
              inputs: { input: port('input') },
              position,
            },
            [NodeId.parse('output')]: { op: 'blockOutput', parameters: {}, inputs: { input: port('many') }, position },
          },
        },
      };
    }
    nested.graph.nodes[NodeId.parse('stage1')] = {
      block: BlockId.parse('four'),
      repeat: 2000,
      parameters: {},
      inputs: { input: port('relu') },
      position,
    };
    expect(openEditor(nested).diagnostics.some((line) => line.endsWith('block/too-large'))).toBe(true);

    const missing: SkipwireDocument = structuredClone(residualNetwork20());
    missing.blocks = {};
    expect(openEditor(missing).diagnostics.filter((line) => line.endsWith('block/unknown'))).toHaveLength(3);
  });

  test('a bypassed block passes its first input through', () => {
    const editor = openEditor(residualNetwork20());
    editor.dispatch(setEnabled, { scope: null, ids: [NodeId.parse('stage1')], enabled: false });
    expect(editor.diagnostics).toEqual([]);
    expect(editor.inferred.totals.trainableParameters).toBe(269_722 - 3 * (2 * 9 * 16 * 16 + 4 * 16));
  });

  test('editing a block changes every use of it', () => {
    const editor = openEditor(emptyDocument());
    editor.add('input', { channels: 16 }, 'in');
    for (const id of ['one', 'two'])
      editor.dispatch(insertBlock, {
        scope: null,
        id: NodeId.parse(id),
        library: residualBlock(),
        position: { x: 0, y: 0 },
      });
    editor.wire('in', 'one').wire('one', 'two');
    const before = editor.inferred.totals.trainableParameters;
    const conv = editor.inferred.root.nodes.get(NodeId.parse('one'));
    expect(conv?.totals.trainableParameters).toBe(before / 2);
    const [scope] = Object.keys(editor.document.blocks).map((id) => BlockId.parse(id));
    if (scope === undefined) throw new Error('the block is there');
    editor.dispatch(setEnabled, { scope, ids: [NodeId.parse('conv2'), NodeId.parse('bn2')], enabled: false });
    expect(editor.inferred.totals.trainableParameters).toBe(2 * (9 * 16 * 16 + 2 * 16));
  });
});

test('an edit leaves everything it does not touch as it was, by identity', () => {
  const editor = openEditor(residualDigits());
  const before = editor.inferred.root.nodes;
  editor.set('dense', 'units', 12);
  const after = editor.inferred.root.nodes;
  const conv = NodeId.parse('conv1');
  expect(after.get(conv)?.outputs).toBe(before.get(conv)?.outputs);
  expect(after.get(NodeId.parse('dense'))?.outputs).not.toBe(before.get(NodeId.parse('dense'))?.outputs);
});

test('token numbers enter no op that calculates, and another vocabulary is another type', () => {
  const editor = openEditor();
  editor.add('tokenInput', { length: 16, vocabulary: 65 }, 'tokens');
  editor.add('relu', {}, 'relu');
  editor.wire('tokens', 'relu');
  expect(editor.diagnostics).toContain('relu.input: shape/kind');
  const output = (): TensorType | undefined =>
    editor.inferred.root.nodes.get(NodeId.parse('tokens'))?.outputs['output'];
  expect(output()).toEqual(tokens(16, 65));
  editor.set('tokens', 'vocabulary', 66);
  expect(output()).toEqual(tokens(16, 66));
  editor.applyFix('shape/kind');
  expect(shapeAt(editor, 'relu')).toBe('16×64');
});

test('heads that do not divide the features are offered the nearest number that does', () => {
  const editor = openEditor();
  editor.add('sequenceInput', { length: 4, features: 30 }, 'in');
  editor.add('multiHeadAttention', { heads: 8 }, 'attention');
  editor.wire('in', 'attention');
  expect(editor.diagnostics).toContain('attention.input: shape/heads');
  editor.applyFix('shape/heads');
  expect(editor.inferred.root.nodes.get(NodeId.parse('attention'))?.parameters?.['heads']).toBe(6);
  expect(shapeAt(editor, 'attention')).toBe('4×30');
});
