import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { residualDigits } from '../../testing/examples.ts';
import { openEditor } from '../../testing/openEditor.ts';
import { inferDocument } from '../../infer/inferDocument.ts';
import { freshMarkId, freshNodeId, nodesOf, reaches } from '../graphs.ts';
import { createHistory, type History } from '../history.ts';
import { loadDocument } from '../loadDocument.ts';
import { networkFingerprint } from '../networkFingerprint.ts';
import { MarkColour, MarkId, NodeId } from '../schema.ts';
import { serializeDocument } from '../serializeDocument.ts';
import { removeBookmark, setBookmark } from './bookmarks.ts';
import { connect, swapInputs } from './connect.ts';
import { moveNodes } from './editNode.ts';
import { addFrame, editFrame, removeFrames } from './frames.ts';
import { insertOnWire } from './insertOnWire.ts';
import { addNote, editNote, removeNotes } from './notes.ts';
import { removeNodes } from './removeNodes.ts';
import { setWaypoints } from './waypoints.ts';

const scope = null;
const node = (id: string): NodeId => NodeId.parse(id);
const place = { position: { x: 10, y: 20 }, size: { width: 300, height: 200 } };

/** Every kind of edit that touches frames, notes, ways of wires or bookmarks; `n` and `m` are whatever numbers come. */
const edits: Readonly<Record<string, (history: History, n: number, m: number) => void>> = {
  addFrame(history, n, m) {
    const id = freshMarkId(history.document.graph, 'frame');
    history.dispatch(addFrame, { scope, id, frame: { ...place, title: `Stage ${n}`, colour: colourOf(m) } });
  },
  editFrame(history, n, m) {
    const id = pick(Object.keys(history.document.graph.frames ?? {}), n);
    if (id === undefined) return;
    const changes = [{ title: `Name ${m}` }, { colour: colourOf(m) }, { position: { x: m, y: n } }, place][m % 4] ?? {};
    history.dispatch(editFrame, { scope, id: MarkId.parse(id), changes });
  },
  removeFrames(history, n) {
    const id = pick(Object.keys(history.document.graph.frames ?? {}), n);
    if (id !== undefined) history.dispatch(removeFrames, { scope, ids: [MarkId.parse(id)] });
  },
  addNote(history, n, m) {
    const id = freshMarkId(history.document.graph, 'note');
    history.dispatch(addNote, { scope, id, note: { ...place, text: `# ${n}`, colour: colourOf(m) } });
  },
  editNote(history, n, m) {
    const id = pick(Object.keys(history.document.graph.notes ?? {}), n);
    if (id === undefined) return;
    const changes = [{ text: `*${m}*` }, { colour: colourOf(m) }, { position: { x: m, y: n } }, place][m % 4] ?? {};
    history.dispatch(editNote, { scope, id: MarkId.parse(id), changes });
  },
  removeNotes(history, n) {
    const id = pick(Object.keys(history.document.graph.notes ?? {}), n);
    if (id !== undefined) history.dispatch(removeNotes, { scope, ids: [MarkId.parse(id)] });
  },
  setWaypoints(history, n, m) {
    const to = wireEnd(history, n);
    const via = Array.from({ length: m % 4 }, (_, index) => ({ x: index * m, y: n }));
    if (to !== undefined) history.dispatch(setWaypoints, { scope, to, via });
  },
  setBookmark(history, n, m) {
    const bookmark = { name: `Place ${n % 5}`, path: [], centre: { x: m, y: n }, zoom: 1 };
    history.dispatch(setBookmark, { bookmark });
  },
  removeBookmark(history, n) {
    history.dispatch(removeBookmark, { name: `Place ${n % 5}` });
  },
  moveNodes(history, n, m) {
    const positions = Object.fromEntries(
      nodesOf(history.document.graph)
        .filter((_, index) => (index + n) % 3 > 0)
        .map(([id, { position }]) => [id, { x: position.x + m, y: position.y - m }]),
    );
    history.dispatch(moveNodes, { scope, positions });
  },
  removeNodes(history, n, m) {
    const id = pick(Object.keys(history.document.graph.nodes), n);
    if (id !== undefined) history.dispatch(removeNodes, { scope, ids: [node(id)], heal: m % 2 === 0 });
  },
  swapInputs(history, n) {
    const to = wireEnd(history, n);
    if (to !== undefined) history.dispatch(swapInputs, { scope, id: to.node, first: 'a', second: 'b' });
  },
  connect(history, n, m) {
    const ids = Object.keys(history.document.graph.nodes);
    const [from, to] = [pick(ids, n), pick(ids, m)];
    if (from === undefined || to === undefined || reaches(history.document.graph, node(to), node(from))) return;
    history.dispatch(connect, {
      scope,
      from: { node: node(from), port: 'output' },
      to: { node: node(to), port: 'input' },
    });
  },
  insertOnWire(history, n, m) {
    const to = wireEnd(history, n);
    if (to === undefined) return;
    const id = freshNodeId(history.document.graph, 'relu');
    const added = { op: 'relu', parameters: {}, inputs: {}, position: { x: m, y: n } };
    history.dispatch(insertOnWire, { scope, to, id, node: added, input: 'input', output: 'output' });
  },
};

function pick<T>(list: readonly T[], n: number): T | undefined {
  return list[n % Math.max(1, list.length)];
}

function colourOf(n: number): MarkColour {
  return pick(MarkColour.options, n) ?? 'grey';
}

function wireEnd({ document }: History, n: number): { node: NodeId; port: string } | undefined {
  const ends = nodesOf(document.graph).flatMap(([id, { inputs }]) =>
    Object.keys(inputs).map((port) => ({ node: id, port })),
  );
  return pick(ends, n);
}

test('any 200 edits of frames, notes, ways of wires and bookmarks, undone, give the same bytes; redone, likewise', () => {
  const edit = fc.tuple(fc.constantFrom(...Object.keys(edits)), fc.nat(1000), fc.nat(1000));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 200, maxLength: 200 }), (sequence) => {
      const history = createHistory(residualDigits());
      const before = serializeDocument(history.document);
      for (const [name, n, m] of sequence) edits[name]?.(history, n, m);
      const after = serializeDocument(history.document);
      const reopened = loadDocument(after);
      expect(reopened.ok && serializeDocument(reopened.value)).toBe(after);
      while (history.canUndo) history.undo();
      expect(serializeDocument(history.document)).toBe(before);
      while (history.canRedo) history.redo();
      expect(serializeDocument(history.document)).toBe(after);
    }),
    { numRuns: 20, seed: 11 },
  );
});

describe('what is only drawn', () => {
  test('changes neither the network nor what is inferred of it', () => {
    const editor = openEditor(residualDigits());
    const [before, fingerprint] = [editor.inferred, networkFingerprint(editor.document)];
    editor
      .dispatch(addFrame, { scope, id: MarkId.parse('frame-1'), frame: { ...place, title: 'Block', colour: 'blue' } })
      .dispatch(addNote, { scope, id: MarkId.parse('note-1'), note: { ...place, text: '**why**', colour: 'amber' } })
      .dispatch(setWaypoints, { scope, to: { node: node('add'), port: 'b' }, via: [{ x: 1, y: 2 }] })
      .dispatch(setBookmark, { bookmark: { name: 'Skip', path: [], centre: { x: 0, y: 0 }, zoom: 1 } });
    expect(networkFingerprint(editor.document)).toBe(fingerprint);
    expect(inferDocument(editor.document).totals).toEqual(before.totals);
    expect(inferDocument(editor.document).diagnostics).toEqual(before.diagnostics);
  });

  test('leaves nothing in the file once it is gone', () => {
    const editor = openEditor(residualDigits());
    const before = editor.text;
    const id = MarkId.parse('frame-1');
    editor.dispatch(addFrame, { scope, id, frame: { ...place, title: 'Block', colour: 'blue' } });
    expect(editor.text).toContain('"frames": {');
    expect(editor.dispatch(removeFrames, { scope, ids: [id] }).text).toBe(before);
    editor.dispatch(setBookmark, { bookmark: { name: 'x', path: [], centre: { x: 0, y: 0 }, zoom: 1 } });
    expect(editor.dispatch(removeBookmark, { name: 'x' }).text).toBe(before);
  });

  test('a wire between two nodes that move together keeps its shape, and loses it when it is replaced', () => {
    const editor = openEditor(residualDigits());
    const to = { node: node('add'), port: 'b' };
    const { nodes } = editor.document.graph;
    const [source, target] = [nodes[node('relu1')], nodes[node('add')]];
    if (source === undefined || target === undefined) throw new Error('The example has both');
    editor.dispatch(setWaypoints, { scope, to, via: [{ x: 5, y: 5 }] });
    const shifted = ({ position: { x, y } }: typeof source) => ({ x: x + 10, y: y - 10 });
    editor.dispatch(moveNodes, { scope, positions: { relu1: shifted(source), add: shifted(target) } });
    const via = (): unknown => editor.document.graph.nodes[node('add')]?.inputs['b']?.via;
    expect(via()).toEqual([{ x: 15, y: -5 }]);
    editor.dispatch(moveNodes, { scope, positions: { add: target.position } });
    expect(via()).toEqual([{ x: 15, y: -5 }]);
    editor.wire('input', 'add.b');
    expect(via()).toBeUndefined();
  });
});
