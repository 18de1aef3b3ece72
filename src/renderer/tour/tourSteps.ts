import { nodesOf } from '../../graph-engine/document/graphs.ts';
import type { Graph, NodeId } from '../../graph-engine/document/schema.ts';
import { ancestors } from '../canvas/dropRules.ts';
import { skipWires } from '../canvas/skipWires.ts';

/** What the guide sees: the drawing, and what cannot be read from it. */
export interface TourSituation {
  readonly graph: Graph;
  /** Whether the shapes at the sum were looked at. */
  readonly looked: boolean;
  readonly trained: boolean;
}

/** One thing to do, which the user does on the real canvas. */
export interface TourStep {
  readonly id: string;
  readonly title: string;
  /** Why, in a sentence. */
  readonly why: string;
  /** How with the mouse; and with the keyboard, where `[id]` stands for the keys of that command. */
  readonly mouse: string;
  readonly keys: string;
  /** What it is about, as selectors; the first that is on the screen is pointed at. */
  target(graph: Graph): readonly string[];
  isDone(situation: TourSituation): boolean;
}

function ofOp(graph: Graph, op: string): readonly NodeId[] {
  return nodesOf(graph).flatMap(([id, node]) => ('op' in node && node.op === op ? [id] : []));
}

/** Nodes of an op that depend on a node of another one. */
function behind(graph: Graph, op: string, sources: readonly NodeId[]): readonly NodeId[] {
  return ofOp(graph, op).filter((id) => {
    const before = ancestors(graph, id);
    return sources.some((source) => source !== id && before.has(source));
  });
}

const stems = (graph: Graph) => behind(graph, 'conv2d', ofOp(graph, 'input'));
const branches = (graph: Graph) => behind(graph, 'conv2d', stems(graph));
const sums = (graph: Graph) => behind(graph, 'add', branches(graph));
const pools = (graph: Graph) => behind(graph, 'globalAveragePooling', sums(graph));
const heads = (graph: Graph) => behind(graph, 'dense', pools(graph));
const outputs = (graph: Graph) => behind(graph, 'classificationOutput', heads(graph));

/** The sum at which a skip arrives, and the wire it arrives by. */
export function skipOf(graph: Graph): { readonly sum: NodeId; readonly wire: string } | undefined {
  const skips = skipWires(graph);
  for (const sum of sums(graph)) {
    for (const port of Object.keys(graph.nodes[sum]?.inputs ?? {})) {
      const wire = `${sum}:${port}`;
      if (skips.has(wire)) return { sum, wire };
    }
  }
  return undefined;
}

/** The convolution that is not behind another one: where the skip begins. */
function stem(graph: Graph): NodeId | undefined {
  const later = new Set(branches(graph));
  return stems(graph).find((id) => !later.has(id));
}

const node = (id: NodeId | undefined): readonly string[] => (id === undefined ? [] : [`[data-testid="node-${id}"]`]);
const paletteItem = (op: string): readonly string[] => [`[data-testid="palette-${op}"]`, '[data-testid="tab-palette"]'];

function isSmallAndGrey(graph: Graph): boolean {
  return ofOp(graph, 'input').some((id) => {
    const { height, width, channels } = graph.nodes[id]?.parameters ?? {};
    return height === 8 && width === 8 && channels === 1;
  });
}

/** A residual network for handwritten digits, from nothing to a run. */
export const tourSteps: readonly TourStep[] = [
  {
    id: 'input',
    title: 'Add an input',
    why: 'Data enter a network at its input.',
    mouse: 'Press “Add an input” on the canvas.',
    keys: '[search] opens the search: type input, then Enter.',
    target: () => ['[data-testid="start-input"]', ...paletteItem('input')],
    isDone: ({ graph }) => ofOp(graph, 'input').length > 0,
  },
  {
    id: 'size',
    title: 'Say what comes in: 8 × 8, 1 channel',
    why: 'The digits that come along are 8 × 8 pixels and grey.',
    mouse: 'In the inspector set height 8, width 8 and channels 1.',
    keys: '[pane:inspector] goes to the inspector, Tab to its fields, Esc back to the canvas.',
    target: (graph) => ['[data-testid="field-height"]', ...node(ofOp(graph, 'input')[0])],
    isDone: ({ graph }) => isSmallAndGrey(graph),
  },
  {
    id: 'stem',
    title: 'Add a convolution',
    why: 'It goes behind what is selected, wired. The wire tells the shape: 8×8×1.',
    mouse: 'Press Conv2D in the palette.',
    keys: '[search], type conv2d, Enter.',
    target: () => paletteItem('conv2d'),
    isDone: ({ graph }) => stems(graph).length > 0,
  },
  {
    id: 'branch',
    title: 'Add a second convolution',
    why: 'This one is the branch: what the block learns.',
    mouse: 'Press Conv2D once more.',
    keys: '[search], type conv2d, Enter.',
    target: () => paletteItem('conv2d'),
    isDone: ({ graph }) => branches(graph).length > 0,
  },
  {
    id: 'sum',
    title: 'Add a sum',
    why: 'The branch and the skip will meet here.',
    mouse: 'Press Add in the palette.',
    keys: '[search], type add, Enter.',
    target: () => paletteItem('add'),
    isDone: ({ graph }) => sums(graph).length > 0,
  },
  {
    id: 'skip',
    title: 'Draw the skip',
    why: 'What goes round the branch makes the block residual: y = x + F(x).',
    mouse: 'Drag from the right port of the first convolution to the free port of the Add.',
    keys: '[walk-left] twice to the first convolution, [connect-to], choose the Add, Enter.',
    target: (graph) => {
      const id = stem(graph);
      return id === undefined ? [] : [`[data-testid="port-${id}-output-out"]`, ...node(id)];
    },
    isDone: ({ graph }) => skipOf(graph) !== undefined,
  },
  {
    id: 'shapes',
    title: 'See why it fits',
    why: 'Branch and skip have one shape, 8×8×32: only then can they be added.',
    mouse: 'Press the Add: the inspector shows what comes in and goes out.',
    keys: '[walk-right] until the Add is selected: the inspector tells its shapes.',
    target: (graph) => node(skipOf(graph)?.sum),
    isDone: ({ looked }) => looked,
  },
  {
    id: 'pool',
    title: 'Add a global average pooling',
    why: 'It turns 8×8×32 into 32 numbers, wherever in the picture something was found.',
    mouse: 'With the Add selected press Global average pooling in the palette.',
    keys: 'With the Add selected: [search], type global average, Enter.',
    target: () => paletteItem('globalAveragePooling'),
    isDone: ({ graph }) => pools(graph).length > 0,
  },
  {
    id: 'head',
    title: 'Add a dense layer',
    why: 'Ten units for ten digits.',
    mouse: 'Press Dense in the palette.',
    keys: '[search], type dense, Enter.',
    target: () => paletteItem('dense'),
    isDone: ({ graph }) => heads(graph).length > 0,
  },
  {
    id: 'output',
    title: 'Add the output',
    why: 'It says what is learned: one class of several.',
    mouse: 'Press Classification output in the palette.',
    keys: '[search], type classification, Enter.',
    target: () => paletteItem('classificationOutput'),
    isDone: ({ graph }) => outputs(graph).length > 0,
  },
  {
    id: 'train',
    title: 'Train it',
    why: 'The drawing itself trains, on this machine.',
    mouse: 'Press Train.',
    keys: '[train]',
    target: () => ['[data-testid="train"]'],
    isDone: ({ trained }) => trained,
  },
];

/** The first thing that is not done yet; undefined when all is. Undoing something leads back to it. */
export function currentStep(situation: TourSituation): number {
  const open = tourSteps.findIndex((step) => !step.isDone(situation));
  return open === -1 ? tourSteps.length : open;
}
