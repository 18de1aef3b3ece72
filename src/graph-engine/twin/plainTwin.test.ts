import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { residualAdds } from '../advice/residualAdds.ts';
import { nodesOf } from '../document/graphs.ts';
import { loadDocument } from '../document/loadDocument.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { serializeDocument } from '../document/serializeDocument.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import type { InferredGraph } from '../infer/inferredGraph.ts';
import { weightVariables } from '../lower/weightVariables.ts';
import { openEditor } from '../testing/openEditor.ts';
import { describeLeft, describeTwin } from './describeTwin.ts';
import { plainTwin, type PlainTwin } from './plainTwin.ts';

const folder = `${import.meta.dirname}/../../../templates/networks`;
const names = readdirSync(folder).map((file) => file.replace('.json', ''));

function template(name: string): SkipwireDocument {
  const loaded = loadDocument(readFileSync(`${folder}/${name}.json`, 'utf8'));
  if (!loaded.ok) throw new Error(`"${name}" does not load`);
  return loaded.value;
}

function twinOf(document: SkipwireDocument): PlainTwin {
  const made = plainTwin(document);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

/** Every graph of an inferred network, at every depth. */
function graphsIn(graph: InferredGraph): readonly InferredGraph[] {
  return [graph, ...[...graph.nodes.values()].flatMap(({ instances = [] }) => instances.flatMap(graphsIn))];
}

const opsIn = (document: SkipwireDocument): readonly string[] =>
  graphsIn(inferDocument(document).root).flatMap(({ nodes }) =>
    [...nodes.values()].flatMap(({ node, bypassed }) => ('op' in node && !bypassed ? [node.op] : [])),
  );

const variables = (document: SkipwireDocument): readonly string[] =>
  weightVariables(document, inferDocument(document).root).map(({ name, dims }) => `${name} ${dims.join('×')}`);

/** Whatever is the same in a residual network and the plain one that somebody drew: all but words, ids of blocks and places. */
function structure({ graph, blocks, training }: SkipwireDocument) {
  const bare = (one: SkipwireDocument['graph']) =>
    nodesOf(one).map(([id, { position: _place, ...node }]) => [id, { ...node, ...('block' in node && { block: '' }) }]);
  const inside = Object.values(blocks).map(({ parameters, graph: inner }) => ({ parameters, graph: bare(inner) }));
  return { graph: bare(graph), inside, training };
}

test.each(['20', '32', '56'])('the twin of ResNet-%s is the plain network of the paper', (depth) => {
  const { document, ...told } = twinOf(template(`resnet-${depth}`));
  const plain = template(`plain-${depth}`);
  const parameters = inferDocument(plain).totals.parameters;
  expect(structure(document)).toEqual(structure(plain));
  expect(document.name).toBe(`Plain twin of ResNet-${depth}`);
  expect(told).toEqual({
    removed: (Number(depth) - 2) / 2,
    weighing: [],
    begun: false,
    left: [],
    parameters: { before: parameters, after: parameters },
  });
});

test('ResNet-50 loses its projections and nothing else that is learned', () => {
  const before = template('resnet-50');
  const twin = twinOf(before);
  // 1×1 convolutions 64→256, 256→512, 512→1024, 1024→2048 without bias, and two numbers a channel in their norms.
  const projections = 64 * 256 + 256 * 512 + 512 * 1024 + 1024 * 2048 + 2 * (256 + 512 + 1024 + 2048);
  expect(twin.removed).toBe(16);
  expect(Object.values(twin.document.blocks).map(({ name }) => name)).toEqual(['Plain residual block (bottleneck)']);
  expect(twin.parameters).toEqual({ before: 25_557_032, after: 25_557_032 - projections });
  expect(describeTwin(twin)).toBe('Removed 16 skip connections: 22,780,456 parameters, 25,557,032 before.');
  // Weights are drawn by their names: what both have begins as the same numbers.
  expect(variables(before)).toEqual(expect.arrayContaining([...variables(twin.document)]));
});

test('of pre-activation blocks the projection goes too, with the block it was drawn as', () => {
  const before = template('resnet-v2-50');
  const { document } = twinOf(before);
  expect(Object.keys(before.blocks)).toContain('pre-activation-projection');
  expect(Object.keys(document.blocks)).toEqual(['residual-pre-activation']);
  const block = Object.values(document.blocks)[0];
  expect(block?.graph.nodes).not.toHaveProperty('add');
  expect(block?.graph.nodes).toHaveProperty('output.inputs.input.node', 'conv3');
});

test('stochastic depth goes with its skips, or samples would vanish', () => {
  const twin = twinOf(template('resnet-110-stochastic-depth'));
  expect(twin).toMatchObject({ removed: 54, weighing: ['dropPath'] });
  expect(opsIn(twin.document)).not.toContain('dropPath');
  expect(describeTwin(twin)).toContain('54 skip connections, with the Drop path of the branches:');
});

test('so does the α of ReZero, which would begin by letting nothing through', () => {
  const twin = twinOf(template('resnet-56-rezero'));
  expect(twin.weighing).toEqual(['scale']);
  expect(twin.parameters.before - twin.parameters.after).toBe(twin.removed);
});

test('a transformer keeps attention, dropout and norms, and the knobs that still turn something', () => {
  const before = template('mini-gpt');
  const twin = twinOf(before);
  const [all, kept] = [opsIn(before), opsIn(twin.document)];
  expect(kept).toEqual(all.filter((op) => op !== 'add'));
  expect(twin.parameters.after).toBe(twin.parameters.before);
  expect(Object.values(twin.document.blocks).map(({ parameters }) => parameters)).toEqual(
    Object.values(before.blocks).map(({ parameters }) => parameters),
  );
});

test('blocks in blocks are changed once, and a sum that is no skip stays', () => {
  const conformer = twinOf(template('conformer-small'));
  expect(conformer.weighing).toEqual(expect.arrayContaining(['multiplyBy']));
  expect(opsIn(conformer.document)).not.toContain('add');
  const bert = twinOf(template('bert-base'));
  expect(bert).toMatchObject({ removed: 24, left: [{ why: 'no-skip', count: 1 }] });
  expect(describeLeft(bert)).toEqual(['An Add stays: no branch and its skip meet there.']);
});

test('frames, notes, places and settings stay, and the network itself is left alone', () => {
  const before = template('first-residual');
  const text = serializeDocument(before);
  const frame = { title: 'Block', colour: 'blue', position: { x: 0, y: 0 }, size: { width: 300, height: 200 } };
  const drawn = { ...before, graph: { ...before.graph, frames: { 'frame-1': frame } } } as SkipwireDocument;
  const { document } = twinOf(drawn);
  expect(document.graph.frames).toEqual(drawn.graph.frames);
  expect(document.training).toEqual(before.training);
  expect(document.graph.nodes).toHaveProperty('relu2.inputs.input', { node: 'bn2', port: 'output' });
  expect(document.graph.nodes).toHaveProperty(
    'relu2.position',
    nodesOf(before.graph).find(([id]) => id === 'relu2')?.[1].position,
  );
  expect(serializeDocument(before)).toBe(text);
  // What is written is read as the same.
  expect(loadDocument(serializeDocument(document))).toEqual({ ok: true, value: document });
});

describe('drawn by hand', () => {
  function drawBlock() {
    const editor = openEditor();
    editor.add('input', { height: 8, width: 8, channels: 16 }, 'in');
    editor.add('conv2d', { filters: 16, bias: false }, 'conv');
    editor.add('add', {}, 'sum');
    editor.add('globalAveragePooling', {}, 'pool');
    editor.add('dense', { units: 10 }, 'dense');
    editor.add('classificationOutput', {}, 'out');
    return editor.wire('in', 'conv').wire('sum', 'pool').wire('pool', 'dense').wire('dense', 'out');
  }

  test('a norm that began at zero begins at one, under a scale and a dropout', () => {
    const editor = drawBlock();
    editor.add('batchNormalization', { initialScale: 0 }, 'bn');
    editor.add('scale', { per: 'channel' }, 'layerScale');
    editor.add('dropout', {}, 'drop');
    editor.wire('conv', 'bn').wire('bn', 'layerScale').wire('layerScale', 'drop');
    editor.wire('drop', 'sum.a').wire('in', 'sum.b');
    const { document, begun, weighing } = twinOf(editor.document);
    expect({ begun, weighing }).toEqual({ begun: true, weighing: ['scale'] });
    expect(document.graph.nodes).toHaveProperty('bn.parameters', {});
    expect(document.graph.nodes).toHaveProperty('drop.inputs.input.node', 'bn');
    expect(document.graph.nodes).toHaveProperty('pool.inputs.input.node', 'drop');
  });

  test('a scale that others take too stays with them', () => {
    const editor = drawBlock();
    editor.add('scale', { initial: 1 }, 'alpha');
    editor.add('regressionOutput', {}, 'second');
    editor.add('flatten', {}, 'flat');
    editor.wire('conv', 'alpha').wire('alpha', 'sum.b').wire('in', 'sum.a');
    editor.wire('alpha', 'flat').wire('flat', 'second');
    const { document, weighing } = twinOf(editor.document);
    expect(weighing).toEqual([]);
    expect(document.graph.nodes).toHaveProperty('pool.inputs.input.node', 'alpha');
  });

  test('of a highway its transformation is left, without the gate', () => {
    const editor = drawBlock();
    editor.add('conv2d', { filters: 16 }, 'gateConv');
    editor.add('sigmoid', {}, 'gate');
    editor.add('subtract', {}, 'difference');
    editor.add('multiply', {}, 'gated');
    editor.wire('in', 'gateConv').wire('gateConv', 'gate').wire('conv', 'difference.a').wire('in', 'difference.b');
    editor.wire('difference', 'gated.a').wire('gate', 'gated.b').wire('gated', 'sum.a').wire('in', 'sum.b');
    const { document } = twinOf(editor.document);
    expect(
      nodesOf(document.graph)
        .map(([id]) => id)
        .sort(),
    ).toEqual(['conv', 'dense', 'in', 'out', 'pool']);
    expect(document.graph.nodes).toHaveProperty('pool.inputs.input.node', 'conv');
  });

  test('an Add that is muted stays, and says so', () => {
    const editor = drawBlock();
    editor.wire('conv', 'sum.a').wire('in', 'sum.b');
    const muted = { ...(editor.document.graph.nodes['sum' as never] as object), muted: true };
    const nodes = { ...editor.document.graph.nodes, sum: muted };
    const document = { ...editor.document, graph: { ...editor.document.graph, nodes } } as SkipwireDocument;
    expect(plainTwin(document)).toMatchObject({ ok: false, error: { code: 'twin/no-skips' } });
  });

  test('a network with mistakes has no twin', () => {
    const editor = drawBlock();
    expect(plainTwin(editor.wire('conv', 'sum.a').document)).toMatchObject({
      ok: false,
      error: { code: 'twin/errors', remedy: expect.any(String) as string },
    });
  });
});

test('concatenations alone are no reason for a twin', () => {
  const made = plainTwin(template('densenet-121'));
  expect(made).toMatchObject({
    ok: false,
    error: {
      code: 'twin/no-skips',
      message: expect.stringContaining('Concatenations stay') as string,
      received: '58 concatenations',
      remedy: expect.stringContaining('residual block') as string,
    },
  });
});

test('the twin of every network is whole, has no skip, and is plain itself', () => {
  const without: string[] = [];
  for (const name of names) {
    const document = template(name);
    const made = plainTwin(document);
    if (!made.ok) {
      expect(made.error.code, name).toBe('twin/no-skips');
      without.push(name);
      continue;
    }
    const twin = made.value;
    const inferred = inferDocument(twin.document);
    const fresh = inferred.diagnostics.filter(
      ({ message }) => !inferDocument(document).diagnostics.some((one) => one.message === message),
    );
    expect(fresh, name).toEqual([]);
    expect(
      graphsIn(inferred.root).flatMap((graph) => residualAdds(graph)),
      name,
    ).toEqual([]);
    expect(inferred.totals.parameters, name).toBe(twin.parameters.after);
    expect(plainTwin(twin.document), name).toMatchObject({ ok: false, error: { code: 'twin/no-skips' } });
  }
  expect(without.filter((name) => !/^(plain|vgg|densenet|u-net)/.test(name))).toEqual([]);
});

test('whatever adds to what, a drawing of chains and sums has a whole twin that is plain', () => {
  const step = fc.record({
    op: fc.constantFrom('conv2d', 'batchNormalization', 'relu', 'scale', 'dropPath', 'dropout', 'add'),
    other: fc.nat(),
    first: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), (steps) => {
      const editor = openEditor();
      editor.add('input', { height: 4, width: 4, channels: 2 }, 'n0');
      for (const [index, { op, other, first }] of steps.entries()) {
        const [id, last, earlier] = [`n${index + 1}`, `n${index}`, `n${other % (index + 1)}`];
        editor.add(op, op === 'conv2d' ? { filters: 2 } : {}, id);
        if (op === 'add') editor.wire(first ? last : earlier, `${id}.a`).wire(first ? earlier : last, `${id}.b`);
        else editor.wire(last, id);
      }
      editor.add('globalAveragePooling', {}, 'pool');
      editor.add('regressionOutput', {}, 'out');
      editor.wire(`n${steps.length}`, 'pool').wire('pool', 'out');
      const adds = residualAdds(editor.inferred.root).length;
      const made = plainTwin(editor.document);
      expect(made.ok).toBe(adds > 0);
      if (!made.ok) return;
      const inferred = inferDocument(made.value.document);
      expect(inferred.diagnostics).toEqual([]);
      expect(residualAdds(inferred.root)).toEqual([]);
      expect(made.value.removed).toBeGreaterThanOrEqual(adds);
    }),
    { numRuns: 60 },
  );
});
