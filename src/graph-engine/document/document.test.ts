import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyDocument, openEditor } from '../testing/openEditor.ts';
import { residualBlock, residualDigits } from '../testing/examples.ts';
import { insertBlock } from './commands/blocks.ts';
import { renameDocument } from './commands/editDocument.ts';
import { moveNodes } from './commands/editNode.ts';
import { insertProjection } from './commands/insertProjection.ts';
import { removeNodes } from './commands/removeNodes.ts';
import { nodesOf } from './graphs.ts';
import { loadDocument } from './loadDocument.ts';
import { NodeId } from './schema.ts';
import { serializeDocument } from './serializeDocument.ts';

function refusal(text: string): { code: string | undefined; message: string | undefined } {
  const result = loadDocument(text);
  return result.ok
    ? { code: 'accepted', message: undefined }
    : { code: result.error[0]?.code, message: result.error[0]?.message };
}

describe('opening a file', () => {
  test('what was saved opens as the same document, and saves as the same bytes', () => {
    const text = serializeDocument(residualDigits());
    const loaded = loadDocument(text);
    expect(loaded.ok && loaded.value).toEqual(residualDigits());
    expect(loaded.ok && serializeDocument(loaded.value)).toBe(text);
  });

  test('the order of keys in a file does not matter to what is saved', () => {
    const { graph, ...rest } = residualDigits();
    const reversed = { graph: { nodes: Object.fromEntries([...nodesOf(graph)].reverse()) }, ...rest };
    expect(serializeDocument(reversed)).toBe(serializeDocument(residualDigits()));
  });

  test('broken JSON is refused with its line and column', () => {
    const { code, message } = refusal('{\n  "format": "skipwire/document@1",\n  "name": oops\n}');
    expect(code).toBe('document/broken-json');
    expect(message).toContain('line 3, column 11');
  });

  test("an empty file, a list and another program's JSON are refused", () => {
    expect(refusal('').code).toBe('document/broken-json');
    expect(refusal('[]').code).toBe('document/not-a-document');
    expect(refusal('{"cells": []}').code).toBe('document/format');
  });

  test('a newer version is refused by name, never half read', () => {
    const { code, message } = refusal(
      '{"format": "skipwire/document@7", "name": "x", "graph": {"nodes": {}, "hyperedges": 3}}',
    );
    expect(code).toBe('document/newer-version');
    expect(message).toContain('newer Skipwire (format 7)');
  });

  test('a breach of the schema says where', () => {
    const { code, message } = refusal(
      '{"format": "skipwire/document@1", "name": "x", "graph": {"nodes": {"a": {"op": "relu", "inputs": {"input": 3}}}}}',
    );
    expect(code).toBe('document/schema');
    expect(message).toContain('graph › nodes › a');
  });

  test('prototype keys and bottomless nesting are refused', () => {
    expect(
      refusal('{"format": "skipwire/document@1", "name": "x", "graph": {"nodes": {"constructor": {"op": "relu"}}}}')
        .code,
    ).toBe('document/schema');
    expect(
      refusal('{"format": "skipwire/document@1", "name": "x", "graph": {"nodes": {"__proto__": {"op": "relu"}}}}').code,
    ).toBe('document/schema');
    expect(refusal('['.repeat(100_000)).code).toBe('document/nesting');
  });

  test('no text makes it throw', () => {
    const text = serializeDocument(residualDigits());
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 20 }), (at, length, insert) => {
        const result = loadDocument(text.slice(0, at) + insert + text.slice(at + length));
        return result.ok || result.error.length > 0;
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('undo', () => {
  test('a gesture is one step, however many moves it had; Esc leaves no trace', () => {
    const editor = openEditor(residualDigits());
    const before = editor.text;
    const drag = (): void => {
      editor.history.begin('Move');
      for (let x = 0; x < 60; x++) editor.dispatch(moveNodes, { scope: null, positions: { add: { x, y: x } } });
    };
    drag();
    editor.history.end();
    expect(editor.history.entries).toHaveLength(1);
    expect(editor.document.graph.nodes[NodeId.parse('add')]?.position).toEqual({ x: 59, y: 59 });
    expect(editor.undo().text).toBe(before);
    drag();
    editor.history.bail();
    expect(editor.text).toBe(before);
    expect(editor.history.entries).toHaveLength(1);
    expect(editor.history.canRedo).toBe(true);
  });

  test('a command that changes nothing leaves no step', () => {
    const editor = openEditor(residualDigits());
    editor.set('dense', 'units', 10).dispatch(renameDocument, { name: editor.document.name });
    expect(editor.history.entries).toHaveLength(0);
  });

  test('a command that throws leaves the document as it was', () => {
    const editor = openEditor(residualDigits());
    const before = editor.text;
    expect(() => editor.wire('dense', 'conv1')).toThrow('would close a cycle');
    expect(editor.text).toBe(before);
  });
});

describe('editing', () => {
  test('deleting a node in the middle closes the flow over the gap', () => {
    const editor = openEditor(residualDigits());
    editor.dispatch(removeNodes, { scope: null, ids: [NodeId.parse('bn1'), NodeId.parse('relu1')], heal: true });
    const { nodes } = editor.document.graph;
    expect(nodes[NodeId.parse('conv2')]?.inputs['input']).toEqual({ node: 'conv1', port: 'output' });
    expect(nodes[NodeId.parse('add')]?.inputs['b']).toEqual({ node: 'conv1', port: 'output' });
  });

  test('a wire into an occupied input replaces what was there in one step', () => {
    const editor = openEditor(residualDigits());
    editor.wire('input', 'conv2');
    expect(editor.document.graph.nodes[NodeId.parse('conv2')]?.inputs['input']).toEqual({
      node: 'input',
      port: 'output',
    });
    expect(editor.history.entries).toHaveLength(1);
  });

  test('a projection goes where no card stands', () => {
    const editor = openEditor(residualDigits());
    const insert = { scope: null, to: { node: NodeId.parse('add'), port: 'b' }, filters: 16 };
    editor.dispatch(insertProjection, { ...insert, stride: [1, 1] });
    editor.dispatch(insertProjection, { ...insert, stride: [1, 1] });
    const cards = nodesOf(editor.document.graph).map(([, { position }]) => position);
    const overlapping = cards.filter((one, index) =>
      cards.some((other, at) => at > index && Math.abs(one.x - other.x) < 160 && Math.abs(one.y - other.y) < 60),
    );
    expect(overlapping).toEqual([]);
  });

  test('the same library block twice is stored once; a changed one never overwrites it', () => {
    const editor = openEditor(emptyDocument());
    const insert = (id: string, library = residualBlock()): void => {
      editor.dispatch(insertBlock, { scope: null, id: NodeId.parse(id), library, position: { x: 0, y: 0 } });
    };
    insert('one');
    insert('two');
    expect(Object.keys(editor.document.blocks)).toEqual(['residual-basic']);
    insert('three', { ...residualBlock(), block: { ...residualBlock().block, name: 'Another' } });
    expect(Object.keys(editor.document.blocks)).toEqual(['residual-basic', 'residual-basic-2']);
    expect(editor.document.blocks[residualBlock().id]?.name).toBe('Residual block (basic)');
  });
});
