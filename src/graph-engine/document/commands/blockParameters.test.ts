import { expect, test } from 'vitest';
import { residualNetwork20 } from '../../testing/examples.ts';
import { openEditor } from '../../testing/openEditor.ts';
import { BlockId, NodeId, type BlockDefinition, type BlockParameter } from '../schema.ts';
import { moveParameter, renameParameter, whyNotDeclared, whyNotNamed } from './blockParameters.ts';
import { declareParameter } from './editBlock.ts';
import { setMuted, setParameter } from './editNode.ts';

function openBlock() {
  const editor = openEditor(residualNetwork20());
  const found = Object.entries(editor.document.blocks).find(([, { parameters }]) =>
    parameters.some(({ name }) => name === 'filters'),
  );
  if (found === undefined) throw new Error('The network has a block with filters');
  const block = BlockId.parse(found[0]);
  const definition = (): BlockDefinition => {
    const now = editor.document.blocks[block];
    if (now === undefined) throw new Error('The block is there');
    return now;
  };
  return { editor, block, definition };
}

test('a renamed parameter is renamed in every expression and every use; the network stays what it was', () => {
  const { editor, block, definition } = openBlock();
  const [conv] = Object.entries(definition().graph.nodes).find(([, { parameters }]) =>
    JSON.stringify(parameters).includes('filters'),
  ) ?? ['conv1'];
  editor.dispatch(setParameter, { scope: block, id: NodeId.parse(conv), parameter: 'dilation', value: '=max(1,1)' });
  editor.dispatch(setMuted, { scope: block, ids: [NodeId.parse(conv)], muted: '= filters > 1000' });
  const before = editor.inferred.totals;
  const text = editor.text;
  editor.dispatch(renameParameter, { block, from: 'filters', to: 'width' });
  expect(definition().parameters.map(({ name }) => name)).toContain('width');
  expect(definition().graph.nodes[NodeId.parse(conv)]?.muted).toBe('= width > 1000');
  expect(JSON.stringify(definition().graph)).not.toMatch(/"= [^"]*\bfilters\b/);
  // What does not mention it stays as it was written.
  expect(definition().graph.nodes[NodeId.parse(conv)]?.parameters['dilation']).toBe('=max(1,1)');
  const uses = Object.values(editor.document.graph.nodes).filter((node) => 'block' in node && node.block === block);
  expect(uses.length).toBeGreaterThan(0);
  for (const use of uses) expect(Object.keys(use.parameters)).not.toContain('filters');
  expect(editor.diagnostics).toEqual([]);
  expect(editor.inferred.totals).toEqual(before);
  expect(editor.undo().text).toBe(text);
});

test('a name must be one that expressions can say, and free', () => {
  const { editor, block, definition } = openBlock();
  expect(whyNotNamed(definition(), 'width')).toBeUndefined();
  expect(whyNotNamed(definition(), 'filters', 'filters')).toBeUndefined();
  for (const name of ['', '2x', 'a-b', 'index', 'repeat', 'true', 'max', 'filters'])
    expect([name, whyNotNamed(definition(), name)]).toEqual([name, expect.any(String)]);
  expect(() => editor.dispatch(renameParameter, { block, from: 'filters', to: 'index' })).toThrow('expressions');
});

test('parameters are listed in the order they are moved to', () => {
  const { editor, block, definition } = openBlock();
  const names = (): readonly string[] => definition().parameters.map(({ name }) => name);
  const [first, second, ...rest] = names();
  editor.dispatch(moveParameter, { block, name: first ?? '', place: 1 });
  expect(names()).toEqual([second, first, ...rest]);
  editor.dispatch(moveParameter, { block, name: first ?? '', place: 99 });
  expect(names().at(-1)).toBe(first);
  const { length } = editor.history.entries;
  editor.dispatch(moveParameter, { block, name: first ?? '', place: 99 });
  expect(editor.history.entries).toHaveLength(length);
});

test('limits hold for uses, and a declaration must not contradict itself', () => {
  const { editor, block, definition } = openBlock();
  const filters = definition().parameters.find(({ name }) => name === 'filters');
  if (filters === undefined) throw new Error('The block declares its filters');
  editor.dispatch(declareParameter, { block, parameter: { ...filters, maximum: 20 } });
  expect(editor.inferred.diagnostics.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('at most 20'),
  );
  const wrong: readonly BlockParameter[] = [
    { name: 'a', kind: 'integer', default: 1.5 },
    { name: 'a', kind: 'number', default: 3, minimum: 4 },
    { name: 'a', kind: 'number', default: 3, minimum: 4, maximum: 2 },
    { name: 'a', kind: 'boolean', default: 'yes' },
    { name: 'a', kind: 'choice', default: 'x', choices: [] },
    { name: 'a', kind: 'choice', default: 'x', choices: ['y', 'z'] },
    { name: 'a', kind: 'choice', default: 'y', choices: ['y', 'y'] },
  ];
  for (const parameter of wrong)
    expect([parameter, whyNotDeclared(parameter)]).toEqual([parameter, expect.any(String)]);
  expect(whyNotDeclared({ name: 'a', kind: 'choice', default: 'y', choices: ['y', 'z'] })).toBeUndefined();
  expect(whyNotDeclared({ name: 'a', kind: 'integer', default: 3, minimum: 1, maximum: 3 })).toBeUndefined();
});
