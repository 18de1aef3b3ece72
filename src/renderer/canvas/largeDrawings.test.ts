import { describe, expect, test } from 'vitest';
import { moveNodes, setEnabled, setMuted, setParameter } from '../../graph-engine/document/commands/editNode.ts';
import { removeNodes } from '../../graph-engine/document/commands/removeNodes.ts';
import { createHistory } from '../../graph-engine/document/history.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import type { NodeId, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { indexBoxes } from './boxIndex.ts';
import { createNodeDeriver } from './deriveNodes.ts';
import { createWireDeriver } from './deriveWires.ts';

const UNITS = 40;
const NONE: ReadonlySet<never> = new Set();

/** A residual network of so many units, in rows of ten cards. */
function drawing(): SkipwireDocument {
  const nodes: Record<string, object> = {};
  let [last, count] = ['', 0];
  const add = (id: string, op: string, parameters: object, inputs: Record<string, string>): string => {
    const wires = Object.entries(inputs).map(([port, node]) => [port, { node, port: 'output' }]);
    const position = { x: (count % 10) * 220, y: Math.floor(count / 10) * 200 };
    nodes[id] = { op, parameters, inputs: Object.fromEntries(wires), position };
    count += 1;
    return id;
  };
  last = add('start', 'input', { height: 8, width: 8, channels: 4 }, {});
  for (let unit = 0; unit < UNITS; unit++) {
    const conv = add(`conv-${unit}`, 'conv2d', { filters: 4, kernel: [3, 3] }, { input: last });
    const relu = add(`relu-${unit}`, 'relu', {}, { input: conv });
    last = add(`add-${unit}`, 'add', {}, { a: relu, b: last });
  }
  const pool = add('pool', 'globalAveragePooling', {}, { input: last });
  add('output', 'classificationOutput', {}, { input: add('dense', 'dense', { units: 10 }, { input: pool }) });
  const loaded = loadDocument(JSON.stringify({ format: 'skipwire/document@1', name: 'Large', graph: { nodes } }));
  if (!loaded.ok) throw new Error(loaded.error[0]?.message);
  return loaded.value;
}

/** Derives cards and wires again and again, as the canvas does; the answer is all that is drawn. */
function createCanvas() {
  const [nodes, wires] = [createNodeDeriver(), createWireDeriver()];
  return (document: SkipwireDocument) => {
    const { root, diagnostics } = inferDocument(document);
    const sources = { graph: document.graph, inferred: root, blocks: document.blocks, diagnostics };
    const cards = nodes.derive({ ...sources, selection: NONE, moved: null });
    const lines = wires.derive({ ...sources, selectedWires: NONE });
    nodes.publish();
    wires.publish();
    return {
      cards: cards.map(({ id, position, zIndex }) => ({ id, position, zIndex, view: nodes.views.get(id) })),
      wires: lines.map(({ id, source }) => ({ id, source, view: wires.views.get(id) })),
    };
  };
}

const id = (name: string): NodeId => name as NodeId;

describe('after each edit of a large drawing', () => {
  test('what is drawn is what would be drawn of it at first sight', () => {
    const history = createHistory(drawing());
    const draw = createCanvas();
    draw(history.document);
    const edits: (() => void)[] = [
      () => history.dispatch(setParameter, { scope: null, id: id('conv-7'), parameter: 'kernel', value: [5, 5] }),
      // Another shape than that of the skip: everything behind it is unknown.
      () => history.dispatch(setParameter, { scope: null, id: id('conv-9'), parameter: 'filters', value: 6 }),
      () => history.dispatch(setMuted, { scope: null, ids: [id('relu-3')], muted: true }),
      () => history.dispatch(setEnabled, { scope: null, ids: [id('conv-12')], enabled: false }),
      () => history.dispatch(moveNodes, { scope: null, positions: { 'add-20': { x: 500, y: 40 } } }),
      () => history.dispatch(setParameter, { scope: null, id: id('conv-9'), parameter: 'filters', value: 4 }),
      () => history.dispatch(removeNodes, { scope: null, ids: [id('relu-30')], heal: true }),
      () => history.dispatch(setParameter, { scope: null, id: id('start'), parameter: 'height', value: 16 }),
      ...Array.from({ length: 7 }, () => () => history.undo()),
      ...Array.from({ length: 7 }, () => () => history.redo()),
    ];
    for (const edit of edits) {
      edit();
      expect(draw(history.document)).toEqual(createCanvas()(history.document));
    }
  });
});

test('boxes are found by where they lie', () => {
  const boxes = Array.from({ length: 300 }, (_, index) => {
    return { x: (index * 137) % 2000, y: ((index * 311) % 3000) - 1000, width: 160, height: 40 + (index % 7) * 100 };
  });
  const index = indexBoxes(boxes);
  for (const [left, right, top, bottom] of [
    [0, 2000, -2000, 4000],
    [300, 500, 0, 10],
    [100, 101, -900, 1500],
    [1990, 2500, 1200, 1210],
  ] as const) {
    const wanted = boxes.filter(({ x, y, height }) => x >= left && x < right && y < bottom && y + height > top);
    expect(new Set(index.starting(left, right, top, bottom))).toEqual(new Set(wanted));
  }
});
