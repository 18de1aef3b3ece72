import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dismissAdvice, restoreAdvice } from '../document/commands/dismissAdvice.ts';
import { commandNamed } from '../document/commands/index.ts';
import { loadDocument } from '../document/loadDocument.ts';
import { NodeId, type SkipwireDocument } from '../document/schema.ts';
import { openEditor, type Editor } from '../testing/openEditor.ts';
import { adviceRules, adviseDocument, openAdvice } from './adviseDocument.ts';
import { previewFix } from './previewFix.ts';

/** Input → conv → bn → + → pool → dense → output, with the input as the skip. */
function drawBlock(): Editor {
  const editor = openEditor();
  editor.add('input', { height: 32, width: 32, channels: 16 }, 'in');
  editor.add('conv2d', { filters: 16, bias: false }, 'conv');
  editor.add('batchNormalization', { initialScale: 0 }, 'bn');
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

/** `node: rule` of what is advised, in order. */
const advised = (document: SkipwireDocument): readonly string[] =>
  openAdvice(document)
    .map(({ at, code }) => `${[...at.path, at.node ?? ''].join('/')}: ${code.replace('advice/', '')}`)
    .sort();

/** Applies the first fix of the first advice of that rule. */
function follow(editor: Editor, rule: string): Editor {
  const fix = openAdvice(editor.document).find(({ code }) => code === `advice/${rule}`)?.fixes?.[0];
  if (fix === undefined) throw new Error(`Nothing offers a fix for ${rule}`);
  return editor.dispatch(commandNamed(fix.command), fix.arguments);
}

describe('a residual block drawn by hand', () => {
  test('with a clean skip and a branch that begins at zero gets no advice', () => {
    expect(advised(drawBlock().document)).toEqual([]);
  });

  test.each([
    ['relu', 'activation-on-skip'],
    ['dropout', 'regularization-on-skip'],
    ['batchNormalization', 'normalization-on-skip'],
  ])('%s on the skip: %s, and the fix takes it off', (op, rule) => {
    const editor = drawBlock();
    editor.add(op, {}, 'extra');
    editor.wire('in', 'extra').wire('extra', 'sum.b');
    expect(advised(editor.document)).toEqual([`extra: ${rule}`]);
    expect(advised(follow(editor, rule).document)).toEqual([]);
    expect(editor.document.graph.nodes[NodeId.parse('sum')]?.inputs['b']).toEqual({ node: 'in', port: 'output' });
  });

  test('a projection with its normalization is fine where channels change, needless where they do not', () => {
    const editor = drawBlock();
    editor.add('conv2d', { filters: 16, kernel: 1, bias: false }, 'projection');
    editor.add('batchNormalization', {}, 'projectionNorm');
    // A second convolution on the branch: otherwise both ways are as long, and none is the skip.
    editor.add('conv2d', { filters: 16, bias: false }, 'conv2');
    editor.wire('conv', 'conv2').wire('conv2', 'bn');
    editor.wire('in', 'projection').wire('projection', 'projectionNorm').wire('projectionNorm', 'sum.b');
    expect(advised(editor.document)).toEqual(['projection: needless-projection']);
    editor.set('conv2', 'filters', 24).set('projection', 'filters', 24);
    expect(advised(editor.document)).toEqual([]);
    editor.set('conv2', 'filters', 16).set('projection', 'filters', 16);
    expect(advised(follow(editor, 'needless-projection').document)).toEqual([]);
    expect(editor.diagnostics).toEqual([]);
  });

  test('a last normalization that starts at one: started at zero by the fix', () => {
    const editor = drawBlock().set('bn', 'initialScale', undefined);
    expect(advised(editor.document)).toEqual(['bn: zero-scale']);
    expect(advised(follow(editor, 'zero-scale').document)).toEqual([]);
  });

  test('a branch without normalization wants a scale, and gets ReZero', () => {
    const editor = drawBlock();
    editor.wire('conv', 'sum.a').dispatch(commandNamed('removeNodes'), { scope: null, ids: ['bn'], heal: true });
    expect(advised(editor.document)).toEqual(['sum: unscaled-branch']);
    expect(advised(follow(editor, 'unscaled-branch').document)).toEqual([]);
    expect(editor.diagnostics).toEqual([]);
  });

  test('an addition of unrelated or equally long ways is no residual connection', () => {
    const editor = drawBlock();
    editor.add('conv2d', { filters: 16 }, 'other');
    editor.add('relu', {}, 'relu');
    editor.wire('in', 'other').wire('other', 'relu').wire('relu', 'sum.b');
    expect(advised(editor.document)).toEqual([]);
  });
});

test('a stride or more channels on the branch alone: the error keeps its fix, and the advice names the paper', () => {
  const editor = drawBlock().set('conv', 'stride', 2);
  expect(editor.diagnostics).toEqual(['sum.b: shape/add-mismatch']);
  expect(advised(editor.document)).toEqual(['sum: mismatched-skip']);
  expect(openAdvice(editor.document)[0]).toMatchObject({
    message: expect.stringMatching(/changes the size, from 32×32×16 to 16×16×16.*stride of the branch/) as string,
    source: expect.stringContaining('He et al. 2015') as string,
  });
  editor.set('conv', 'filters', 32);
  expect(openAdvice(editor.document)[0]?.message).toContain('changes size and channels');
  expect(advised(editor.applyFix('shape/add-mismatch').document)).toEqual([]);
  expect(editor.diagnostics).toEqual([]);
});

test('what a drawing does many times is told once, and mended everywhere by one fix', () => {
  const editor = openEditor();
  editor.add('input', { height: 8, width: 8, channels: 16 }, 'in');
  let last = 'in';
  for (let block = 0; block < 5; block++) {
    editor.add('conv2d', { filters: 16, bias: false }, `conv${block}`);
    editor.add('batchNormalization', {}, `bn${block}`);
    editor.add('add', {}, `sum${block}`);
    editor.wire(last, `conv${block}`).wire(`conv${block}`, `bn${block}`);
    editor.wire(`bn${block}`, `sum${block}.a`).wire(last, `sum${block}.b`);
    last = `sum${block}`;
  }
  expect(advised(editor.document)).toEqual(['bn0: zero-scale']);
  expect(openAdvice(editor.document)[0]?.message).toContain('in 4 more places');
  expect(advised(follow(editor, 'zero-scale').document)).toEqual([]);
});

test('what is dismissed stays away, survives undo, and comes back when asked for', () => {
  const editor = drawBlock().set('bn', 'initialScale', 1);
  const keys = adviseDocument(editor.document).map(({ key }) => key);
  editor.dispatch(dismissAdvice, { keys });
  expect(openAdvice(editor.document)).toEqual([]);
  expect(adviseDocument(editor.document)).toHaveLength(1);
  expect(openAdvice(editor.undo().document)).toHaveLength(1);
  editor.redo().dispatch(restoreAdvice, { keys });
  expect(openAdvice(editor.document)).toHaveLength(1);
  expect(editor.document.dismissedAdvice).toBeUndefined();
});

test('every rule names a paper', () => {
  for (const { source } of adviceRules) expect(source).toMatch(/ \d{4}.*arXiv \d{4}\.\d{5}/);
});

describe('the published networks', () => {
  const folder = new URL('../../../templates/networks/', import.meta.url);
  const rulesOf = (name: string): readonly string[] => {
    const loaded = loadDocument(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
    if (!loaded.ok) throw new Error(loaded.error[0]?.message);
    return [...new Set(adviseDocument(loaded.value).map(({ code }) => code.replace('advice/', '')))].sort();
  };
  const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

  test.each(names)('%s is told nothing but what the papers say of its kind', (name) => {
    // Zero scales are an advice to every branch that ends in a normalization (Goyal et al. give it to ResNet-50 itself);
    // pre-activation is one to networks of a hundred layers and more (He et al. 2016 give it to ResNet-110).
    expect(['zero-scale', 'activation-after-add']).toEqual(expect.arrayContaining([...rulesOf(name)]));
  });

  test('the original ones are told of pre-activation only when they are very deep', () => {
    expect(rulesOf('resnet-20')).toEqual(['zero-scale']);
    expect(rulesOf('resnet-50')).toEqual(['zero-scale']);
    expect(rulesOf('resnet-110')).toEqual(['activation-after-add', 'zero-scale']);
    expect(rulesOf('resnet-1001')).toEqual([]);
    expect(rulesOf('resnet-56-rezero')).toEqual([]);
    expect(rulesOf('vgg-16')).toEqual([]);
    expect(rulesOf('densenet-121')).toEqual([]);
  });

  test('a switch that the block has is turned for all uses at once', () => {
    const loaded = loadDocument(readFileSync(new URL('resnet-20.json', folder), 'utf8'));
    if (!loaded.ok) throw new Error('the template loads');
    const editor = openEditor(loaded.value);
    expect(openAdvice(editor.document)[0]?.fixes?.[0]?.label).toBe('Turn on "zeroScale" of 3 blocks');
    expect(openAdvice(follow(editor, 'zero-scale').document)).toEqual([]);
  });
});

test('what if: a preview tells nodes, shapes, parameters and problems, and changes nothing', () => {
  const editor = drawBlock().set('conv', 'filters', 32).set('conv', 'stride', 2);
  const before = editor.text;
  const [mismatch] = editor.inferred.diagnostics;
  const [projection] = mismatch?.fixes ?? [];
  if (projection === undefined) throw new Error('The mismatch has a fix');
  const preview = previewFix(editor.document, projection);
  expect(editor.text).toBe(before);
  expect(preview.nodes.map(({ name, change, shape }) => [name, change, shape])).toEqual([
    ['sum', 'changed', '16×16×32'],
    ['projection-1', 'added', '16×16×32'],
    ['projection-norm-1', 'added', '16×16×32'],
  ]);
  expect(preview.solved.map(({ code }) => code)).toEqual(['shape/add-mismatch']);
  expect(preview.raised).toEqual([]);
  // The projection has 16·32 weights and its normalization 64; the dense layer now knows its 32 inputs.
  expect(preview.after.parameters - preview.before.parameters).toBe(16 * 32 + 64 + 330);
  expect(preview.shapes).toContainEqual({ name: 'sum', before: '?', after: '16×16×32' });
});

test('match channels: where only channels differ, either side can give way', () => {
  const editor = drawBlock().set('conv', 'filters', 32);
  const labels = editor.inferred.diagnostics[0]?.fixes?.map(({ label }) => label);
  expect(labels).toEqual(['Insert a 1×1 projection on the skip (32 filters)', 'Match channels: filters 16 in "conv"']);
  const [, match] = editor.inferred.diagnostics[0]?.fixes ?? [];
  if (match === undefined) throw new Error('There are two fixes');
  expect(editor.dispatch(commandNamed(match.command), match.arguments).diagnostics).toEqual([]);
});
