import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEditor } from '../../testing/openEditor.ts';
import { residualBlock, residualDigits, residualNetwork20 } from '../../testing/examples.ts';
import { loadDocument } from '../loadDocument.ts';
import { freshMarkId, freshNodeId, graphOf, nodesOf, reaches, type Scope } from '../graphs.ts';
import { createHistory } from '../history.ts';
import { BlockId, type Graph, type GraphNode, type MarkId, type NodeId, type SkipwireDocument } from '../schema.ts';
import { serializeDocument } from '../serializeDocument.ts';
import { whyNotNamed } from './blockParameters.ts';
import { freshBlockId, usesOfBlock } from './editBlock.ts';
import { whyNotGrouped } from './groupNodes.ts';
import { commandNamed, commandNames } from './index.ts';
import { whyNotUnpacked } from './unpackBlock.ts';

/** What a generator chooses from: a place in the document, and numbers of fast-check's. */
interface Choice {
  readonly document: SkipwireDocument;
  readonly scope: Scope;
  readonly graph: Graph;
  readonly ids: readonly NodeId[];
  readonly a: number;
  readonly b: number;
}

function pick<T>(from: readonly T[], number: number): T | undefined {
  return from.length === 0 ? undefined : from[number % from.length];
}

function relu(a: number, b: number): GraphNode {
  return { op: 'relu', parameters: {}, inputs: {}, position: { x: a, y: b } };
}

function wired({ graph }: Choice): { node: NodeId; port: string } | undefined {
  const [found] = nodesOf(graph).flatMap(([node, { inputs }]) => Object.keys(inputs).map((port) => ({ node, port })));
  return found;
}

function aBlock({ document, a }: Choice): BlockId | undefined {
  const id = pick(Object.keys(document.blocks), a);
  return id === undefined ? undefined : BlockId.parse(id);
}

function someIds({ ids, a, b }: Choice): readonly NodeId[] {
  return ids.filter((_id, index) => ((a >> (index % 10)) & 1) === 1 || index === b % Math.max(1, ids.length));
}

/** Makes arguments only when there is a node to make them for. */
function withNode(make: (id: NodeId, choice: Choice) => object | undefined) {
  return (choice: Choice): object | undefined => {
    const id = pick(choice.ids, choice.a);
    return id === undefined ? undefined : make(id, choice);
  };
}

function aMark(kind: 'frames' | 'notes', { graph, a }: Choice): MarkId | undefined {
  return pick(Object.keys(graph[kind] ?? {}) as MarkId[], a);
}

const size = { width: 200, height: 100 };

/** Arguments for each command that fit a document as it is; `undefined` where there is nothing to do it to. */
const generators: Readonly<Record<string, (choice: Choice) => object | undefined>> = {
  addNode: ({ scope, graph, a, b }) => ({
    scope,
    id: freshNodeId(graph, 'conv2d'),
    node: { op: pick(['conv2d', 'relu', 'add', 'dense'], a), parameters: {}, inputs: {}, position: { x: a, y: b } },
  }),
  removeNodes: (choice) => ({
    scope: choice.scope,
    ids: someIds(choice).filter((_id, index) => index < 3),
    heal: choice.a % 2 === 0,
  }),
  connect: withNode((to, { scope, graph, ids, b }) => {
    const from = pick(ids, b);
    if (from === undefined || reaches(graph, to, from)) return undefined;
    return { scope, from: { node: from, port: 'output' }, to: { node: to, port: b % 2 === 0 ? 'input' : 'a' } };
  }),
  disconnect: withNode((node, { scope }) => ({ scope, to: { node, port: 'input' } })),
  swapInputs: withNode((id, { scope }) => ({ scope, id, first: 'a', second: 'b' })),
  setParameter: withNode((id, { scope, b }) => ({
    scope,
    id,
    parameter: 'filters',
    value: b % 3 === 0 ? undefined : b % 3 === 1 ? b : '= filters * 2',
  })),
  setParameterOfNodes: (choice) => ({
    scope: choice.scope,
    ids: someIds(choice),
    parameter: 'filters',
    value: choice.b,
  }),
  setParameters: withNode((id, { scope, b }) => ({ scope, id, parameters: { filters: b, kernel: [b, 3] } })),
  renameNode: withNode((id, { scope, b }) => ({ scope, id, name: b % 2 === 0 ? `name ${b}` : '' })),
  setEnabled: (choice) => ({
    scope: choice.scope,
    ids: someIds(choice),
    enabled: [true, false, '= filters > 3'][choice.b % 3],
  }),
  setMuted: (choice) => ({
    scope: choice.scope,
    ids: someIds(choice),
    muted: [false, true, '= filters > 3'][choice.b % 3],
  }),
  setFrozen: (choice) => ({ scope: choice.scope, ids: someIds(choice), frozen: choice.b % 2 === 0 }),
  setRepeat: ({ scope, graph, b }) => {
    const id = nodesOf(graph).find(([, node]) => 'block' in node)?.[0];
    return id === undefined ? undefined : { scope, id, repeat: b % 5 === 0 ? '= repeat + 1' : 1 + (b % 4) };
  },
  setNote: withNode((id, { scope, b }) => ({ scope, id, note: b % 2 === 0 ? `note ${b}` : '' })),
  moveNodes: withNode((id, { scope, a, b }) => ({ scope, positions: { [id]: { x: -a, y: b } } })),
  insertBlock: ({ document, a, b }) => ({
    scope: null,
    id: freshNodeId(document.graph, 'block'),
    library: residualBlock(),
    position: { x: a, y: b },
  }),
  adoptBlocks: ({ b }) => ({ blocks: { adopted: { ...residualBlock().block, name: `Adopted ${b % 3}` } } }),
  insertOnWire: (choice) => {
    const { scope, graph, a, b } = choice;
    const to = wired(choice);
    if (to === undefined) return undefined;
    return { scope, to, id: freshNodeId(graph, 'relu'), node: relu(a, b), input: 'input', output: 'output' };
  },
  insertProjection: (choice) => {
    const to = wired(choice);
    return to === undefined ? undefined : { scope: choice.scope, to, filters: 1 + choice.a, stride: [2, 2] };
  },
  appendOutput: withNode((node, { scope }) => ({ scope, from: { node, port: 'output' } })),
  pasteNodes: ({ scope, graph, a, b }) => ({ scope, nodes: { [freshNodeId(graph, 'pasted')]: relu(a, b) } }),
  setTraining: ({ a }) => ({ changes: { epochs: 1 + a, optimizer: { kind: 'sgd', weightDecay: 0 } } }),
  renameDocument: ({ a }) => ({ name: `Document ${a}` }),
  beginWithWeights: ({ a }) => ({ weights: `models/weights-${a}.safetensors` }),
  describeDocument: ({ a }) => ({ description: a % 2 === 0 ? '' : `Described ${a}` }),
  addFrame: ({ scope, graph, a, b }) => ({
    scope,
    id: freshMarkId(graph, 'frame'),
    frame: { title: `Frame ${a}`, colour: 'blue', position: { x: a, y: b }, size },
  }),
  editFrame: (choice) => {
    const id = aMark('frames', choice);
    return id === undefined ? undefined : { scope: choice.scope, id, changes: { title: `Frame ${choice.b}` } };
  },
  removeFrames: (choice) => {
    const id = aMark('frames', choice);
    return id === undefined ? undefined : { scope: choice.scope, ids: [id] };
  },
  addNote: ({ scope, graph, a, b }) => ({
    scope,
    id: freshMarkId(graph, 'note'),
    note: { text: `Note ${a}`, colour: 'amber', position: { x: a, y: b }, size },
  }),
  editNote: (choice) => {
    const id = aMark('notes', choice);
    return id === undefined ? undefined : { scope: choice.scope, id, changes: { text: `Note ${choice.b}` } };
  },
  removeNotes: (choice) => {
    const id = aMark('notes', choice);
    return id === undefined ? undefined : { scope: choice.scope, ids: [id] };
  },
  setWaypoints: (choice) => {
    const to = wired(choice);
    const via = choice.b % 3 === 0 ? [] : [{ x: choice.a, y: choice.b }];
    return to === undefined ? undefined : { scope: choice.scope, to, via };
  },
  setBookmark: ({ a, b }) => ({
    bookmark: { name: `Place ${a % 4}`, path: [], centre: { x: a, y: b }, zoom: 1 },
  }),
  removeBookmark: ({ document, a }) => {
    const bookmark = pick(document.bookmarks ?? [], a);
    return bookmark === undefined ? undefined : { name: bookmark.name };
  },
  renameBookmark: ({ document, a, b }) => {
    const from = pick(document.bookmarks ?? [], a)?.name;
    const to = `Renamed ${b % 9}`;
    if (from === undefined || document.bookmarks?.some(({ name }) => name === to) === true) return undefined;
    return { from, to };
  },
  replaceDocument: ({ a }) => (a % 10 === 0 ? { document: residualDigits() } : undefined),
  dismissAdvice: ({ a }) => ({ keys: [`rule-${a % 5}`] }),
  restoreAdvice: ({ a }) => ({ keys: [`rule-${a % 5}`] }),
  groupNodes: (choice) => {
    const { document, scope, graph } = choice;
    const ids = someIds(choice);
    if (whyNotGrouped(document, scope, ids, (op) => op === 'input' || op === 'classificationOutput') !== undefined)
      return undefined;
    return { scope, ids, id: freshNodeId(graph, 'group'), block: freshBlockId(document, 'group'), name: 'Group' };
  },
  unpackBlock: ({ document, scope, graph }) => {
    const [found] = nodesOf(graph).filter(
      ([, node]) => 'block' in node && whyNotUnpacked(document, node) === undefined,
    );
    return found === undefined ? undefined : { scope, id: found[0] };
  },
  makeUnique: ({ document, scope, graph }) => {
    const [found] = nodesOf(graph).filter(([, node]) => 'block' in node && document.blocks[node.block] !== undefined);
    if (found === undefined) return undefined;
    return { scope, id: found[0], block: freshBlockId(document, 'unique'), name: 'Unique' };
  },
  describeBlock: (choice) => {
    const block = aBlock(choice);
    if (block === undefined) return undefined;
    return { block, name: `Block ${choice.b}`, description: choice.b % 2 === 0 ? '' : 'Described' };
  },
  declareParameter: (choice) => {
    const block = aBlock(choice);
    if (block === undefined) return undefined;
    return { block, parameter: { name: `size${choice.b % 3}`, kind: 'integer', default: choice.b } };
  },
  removeParameter: (choice) => {
    const block = aBlock(choice);
    const parameter = block === undefined ? undefined : pick(choice.document.blocks[block]?.parameters ?? [], choice.b);
    return parameter === undefined ? undefined : { block, name: parameter.name };
  },
  renameParameter: (choice) => {
    const block = aBlock(choice);
    const definition = block === undefined ? undefined : choice.document.blocks[block];
    const parameter = pick(definition?.parameters ?? [], choice.b);
    const to = `renamed${choice.a % 7}`;
    if (definition === undefined || parameter === undefined) return undefined;
    return whyNotNamed(definition, to, parameter.name) === undefined ? { block, from: parameter.name, to } : undefined;
  },
  moveParameter: (choice) => {
    const block = aBlock(choice);
    const parameter = block === undefined ? undefined : pick(choice.document.blocks[block]?.parameters ?? [], choice.b);
    return parameter === undefined ? undefined : { block, name: parameter.name, place: choice.a % 5 };
  },
  promoteParameter: withNode((id, { scope, b }) =>
    scope === null
      ? undefined
      : {
          block: scope,
          id,
          parameter: 'rate',
          declaration: { name: `rate${b % 2}`, kind: 'number', default: 0.5 },
          ...(b % 3 === 0 && { list: 2 }),
        },
  ),
  applyValues: ({ a, b }) => ({
    assignments: [
      { path: 'training.learningRate', value: (1 + a) / 1e4 },
      { path: 'training.optimizer.kind', value: b % 2 === 0 ? 'momentum' : 'adam' },
    ],
  }),
  removeBlock: ({ document }) => {
    const unused = Object.keys(document.blocks).find((id) => usesOfBlock(document, BlockId.parse(id)).length === 0);
    return unused === undefined ? undefined : { block: unused };
  },
};

test('every command has a generator here: without one it would not be proven that it can be undone', () => {
  expect(Object.keys(generators).sort()).toEqual([...commandNames].sort());
});

interface Step {
  readonly command: string;
  readonly a: number;
  readonly b: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  command: fc.constantFrom(...commandNames),
  a: fc.nat(1023),
  b: fc.nat(1023),
});

/** Which commands changed anything in all the runs: a generator that never does would prove nothing. */
const effective = new Set<string>();

test.each([
  ['a small network', residualDigits],
  ['a network of repeated blocks', residualNetwork20],
] as const)(
  'any 200 commands on %s, undone, give the same bytes; redone, likewise',
  (_name, open) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 200 }), (steps) => {
        const history = createHistory(open());
        const before = serializeDocument(history.document);
        for (const { command, a, b } of steps) {
          const { document, position } = history;
          const scope = pick<string | null>([null, null, ...Object.keys(document.blocks)], b);
          const inside = scope === null || scope === undefined ? null : BlockId.parse(scope);
          const graph = graphOf(document, inside);
          const ids = nodesOf(graph).map(([id]) => id);
          const args = generators[command]?.({ document, scope: inside, graph, ids, a, b });
          if (args !== undefined) history.dispatch(commandNamed(command), args);
          if (history.position > position) effective.add(command);
        }
        const after = serializeDocument(history.document);
        // Whatever was done, it can be saved and opened again.
        const loaded = loadDocument(after);
        expect(loaded.ok && serializeDocument(loaded.value)).toBe(after);
        const steps200 = history.position;
        while (history.canUndo) history.undo();
        expect(serializeDocument(history.document)).toBe(before);
        while (history.canRedo) history.redo();
        expect(serializeDocument(history.document)).toBe(after);
        expect(history.position).toBe(steps200);
        // Jumping, as the history panel does, comes to the same.
        history.goTo(Math.floor(steps200 / 2));
        history.goTo(steps200);
        expect(serializeDocument(history.document)).toBe(after);
      }),
      { numRuns: 8, seed: 7 },
    );
  },
  60_000,
);

test('each of them really changed something', () => {
  expect([...commandNames].filter((name) => !effective.has(name))).toEqual([]);
});

test('a command that throws leaves no trace', () => {
  const editor = openEditor(residualDigits());
  const { text } = editor;
  expect(() => editor.dispatch(commandNamed('unpackBlock'), { scope: null, id: 'conv1' })).toThrow('is no block');
  expect([editor.text, editor.history.entries.length]).toEqual([text, 0]);
});
