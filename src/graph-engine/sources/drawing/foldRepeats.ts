import { foreignOp } from '../../ops/foreign/foreignOps.ts';
import { opNamed } from '../../ops/index.ts';
import type { DrawnNode, Source } from './drawnNode.ts';
import { commonModules } from './nameNodes.ts';

/** Structure that becomes a block: one module of the exporter's, or the same several times in a row, each fed by the one before. */
export interface FoldedRun {
  /** The nodes of each time, alike at the same places. */
  readonly times: readonly (readonly DrawnNode[])[];
  /** What enters the first. */
  readonly entry: Source;
  /** What comes out of the first time. */
  readonly exit: Source;
  /** What all of them take from outside beside that. */
  readonly shared: readonly Source[];
}

/** A node, or a run of nodes that repeats. */
export type Folded = DrawnNode | FoldedRun;

/** Fewer nodes than this are not worth a block. */
const SMALLEST_BLOCK = 3;
/** Longest period that is looked for, in parts that one wire enters and one leaves. */
const LONGEST_PERIOD = 48;

/** A part of the network that one wire enters and one leaves. */
interface Part {
  readonly nodes: readonly DrawnNode[];
  readonly entry: Source;
  readonly exit: Source;
  readonly shared: readonly Source[];
  /** Equal for parts that are alike. */
  readonly signature: string;
}

/** Finds structure that repeats in a row, in nodes that are sorted by what feeds what. */
export function foldRepeats(nodes: readonly DrawnNode[]): readonly Folded[] {
  const parts = partsOf(nodes);
  const result: Folded[] = [];
  for (let at = 0; at < parts.length;) {
    const found = longestRun(parts, at);
    const part = parts[at];
    if (found === undefined || part === undefined) {
      const module = moduleFrom(parts, at);
      const last = parts[at + module - 1];
      if (module === 0 || part === undefined || last === undefined) {
        result.push(...(part?.nodes ?? []));
        at++;
        continue;
      }
      const inside = parts.slice(at, at + module);
      const shared = uniqueSources(inside.flatMap((one) => one.shared));
      result.push({ times: [inside.flatMap((one) => one.nodes)], entry: part.entry, exit: last.exit, shared });
      at += module;
      continue;
    }
    const { period, times, shift } = bestRotation(parts, at, found);
    if (shift > 0) {
      for (const before of parts.slice(at, at + shift)) result.push(...before.nodes);
      at += shift;
    }
    const occurrences = Array.from({ length: times }, (_, i) =>
      parts.slice(at + i * period, at + (i + 1) * period).flatMap((one) => one.nodes),
    );
    const begin = parts[at] ?? part;
    const shared = uniqueSources(parts.slice(at, at + period).flatMap((one) => one.shared));
    const exit = (parts[at + period - 1] ?? begin).exit;
    result.push({ times: occurrences, entry: begin.entry, exit, shared });
    at += period * times;
  }
  return result;
}

/** A module of more nodes is no block but a network. */
const LARGEST_MODULE = 60;
/** A module of fewer nodes is clearer without a block round it. */
const SMALLEST_MODULE = 4;

/** How many parts from here on are one member of a list of modules in which wires come together; 0 for none. */
function moduleFrom(parts: readonly Part[], at: number): number {
  const first = parts[at];
  const path = first === undefined ? [] : commonModules(first.nodes);
  for (const [depth, name] of path.entries()) {
    if (!/^\d+$/.test(name)) continue;
    const prefix = path.slice(0, depth + 1);
    const isWithin = ({ from }: DrawnNode): boolean => prefix.every((one, i) => from?.modules[i] === one);
    let end = at;
    while (parts[end] !== undefined && parts[end]?.signature !== '' && parts[end]?.nodes.every(isWithin)) end++;
    const nodes = parts.slice(at, end).flatMap((part) => part.nodes);
    const merges = nodes.some(({ inputs }) => Object.keys(inputs).length > 1);
    if (merges && nodes.length >= SMALLEST_MODULE && nodes.length <= LARGEST_MODULE) return end - at;
  }
  return 0;
}

interface Run {
  readonly period: number;
  readonly times: number;
}

/** Where a run may begin at several places, it begins where its nodes have the most modules in common. */
function bestRotation(parts: readonly Part[], at: number, { period, times }: Run): Run & { readonly shift: number } {
  let best = { period, times, shift: 0 };
  let deepest = depthOf(parts, at, period);
  for (let shift = 1; shift < period; shift++) {
    const found = longestRun(parts, at + shift, period);
    const depth = depthOf(parts, at + shift, period);
    if (found === undefined || found.times < times || depth <= deepest) continue;
    best = { period, times: found.times, shift };
    deepest = depth;
  }
  return best;
}

function depthOf(parts: readonly Part[], at: number, period: number): number {
  return commonModules(parts.slice(at, at + period).flatMap(({ nodes }) => nodes)).length;
}

/** The repetition from here on that saves the most nodes, if there is one; of one period where that is given. */
function longestRun(parts: readonly Part[], at: number, only?: number): Run | undefined {
  let best: { readonly period: number; readonly times: number; readonly saved: number } | undefined;
  const longest = Math.min(LONGEST_PERIOD, (parts.length - at) / 2);
  for (let period = only ?? 1; period <= (only ?? longest); period++) {
    let times = 1;
    const isAlike = (from: number): boolean => {
      for (let i = 0; i < period; i++) {
        const [first, later] = [parts[at + i], parts[from + i]];
        if (first === undefined || first.signature === '' || first.signature !== later?.signature) return false;
      }
      return true;
    };
    while (isAlike(at + times * period)) times++;
    const size = parts.slice(at, at + period).reduce((sum, { nodes }) => sum + nodes.length, 0);
    const saved = (times - 1) * size;
    if (times > 1 && size >= SMALLEST_BLOCK && saved > (best?.saved ?? 0)) best = { period, times, saved };
  }
  return best;
}

const isEnd = ({ op }: DrawnNode): boolean => {
  const family = (foreignOp(op) ?? opNamed(op))?.family;
  return family === 'input' || family === 'output';
};

/** Whether a value may go past parts without being their wire: token numbers, tables of weights, what many take. */
type IsShared = (source: Source) => boolean;

/** A value that so many nodes take is one that all layers look at, such as what an encoder found. */
const MANY = 3;

function sharedAmong(nodes: readonly DrawnNode[]): IsShared {
  const users = new Map<DrawnNode, number>();
  for (const { inputs } of nodes) {
    for (const { node } of Object.values(inputs)) users.set(node, (users.get(node) ?? 0) + 1);
  }
  return ({ node, port }) =>
    port === 'table' || node.op === 'tokenInput' || (isEnd(node) && (users.get(node) ?? 0) >= MANY);
}

/** Cuts the network wherever a single wire goes on. */
function partsOf(nodes: readonly DrawnNode[]): readonly Part[] {
  const position = new Map(nodes.map((node, i) => [node, i]));
  const isShared = sharedAmong(nodes);
  const lastUse = new Map<string, number>();
  for (const [i, node] of nodes.entries()) {
    for (const source of Object.values(node.inputs)) lastUse.set(keyOf(source, position), i);
  }
  const parts: Part[] = [];
  const live = new Map<string, Source>();
  let open: DrawnNode[] = [];
  let entry: Source | undefined;
  for (const [i, node] of nodes.entries()) {
    if (isEnd(node)) {
      // Ends stay where they are drawn, outside of any block.
      if (open.length > 0) parts.push(loose(open));
      open = [];
      entry = undefined;
      parts.push(loose([node]));
      addLive(node, i, lastUse, live, position);
      continue;
    }
    if (open.length === 0) entry = onlyWire(live, isShared);
    open.push(node);
    addLive(node, i, lastUse, live, position);
    for (const [key] of live) if ((lastUse.get(key) ?? -1) <= i) live.delete(key);
    const exit = onlyWire(live, isShared);
    if (exit === undefined) continue;
    parts.push(entry === undefined ? loose(open) : partOf(open, entry, exit, position, isShared));
    open = [];
  }
  if (open.length > 0) parts.push(loose(open));
  return parts;
}

function keyOf({ node, port }: Source, position: ReadonlyMap<DrawnNode, number>): string {
  return `${position.get(node) ?? -1} ${port}`;
}

function addLive(
  node: DrawnNode,
  index: number,
  lastUse: ReadonlyMap<string, number>,
  live: Map<string, Source>,
  position: ReadonlyMap<DrawnNode, number>,
): void {
  for (const port of Object.keys(node.types)) {
    const source = { node, port };
    const key = keyOf(source, position);
    if ((lastUse.get(key) ?? -1) > index) live.set(key, source);
  }
}

/** The one wire that goes on here, beside what is shared. */
function onlyWire(live: ReadonlyMap<string, Source>, isShared: IsShared): Source | undefined {
  const wires = [...live.values()].filter((source) => !isShared(source));
  const [first] = wires.length > 0 ? wires : live.values();
  return wires.length <= 1 ? first : undefined;
}

/** Nodes that are in no block. */
function loose(nodes: readonly DrawnNode[]): Part {
  const [node] = nodes;
  const nothing = { node: node ?? NOBODY, port: '' };
  return { nodes, entry: nothing, exit: nothing, shared: [], signature: '' };
}

const NOBODY: DrawnNode = {
  op: '',
  parameters: {},
  inputs: {},
  types: {},
  weights: {},
  from: undefined,
  hint: undefined,
};

function partOf(
  nodes: readonly DrawnNode[],
  entry: Source,
  exit: Source,
  position: ReadonlyMap<DrawnNode, number>,
  isShared: IsShared,
): Part {
  const inside = new Map(nodes.map((node, i) => [node, i]));
  const shared: Source[] = [];
  let isClosed = inside.has(exit.node);
  const told = nodes.map((node) => {
    const inputs = Object.entries(node.inputs).map(([port, source]) => {
      const index = inside.get(source.node);
      if (index !== undefined) return [port, index, source.port];
      if (source.node === entry.node && source.port === entry.port) return [port, 'entry'];
      if (!isShared(source)) isClosed = false;
      const known = shared.findIndex((one) => one.node === source.node && one.port === source.port);
      if (known < 0) shared.push(source);
      return [port, 'shared', keyOf(source, position)];
    });
    const weights = Object.entries(node.weights).map(([name, { dims }]) => [name, dims]);
    return [node.op, node.parameters, inputs, weights];
  });
  const types = [entry.node.types[entry.port], exit.node.types[exit.port]];
  const signature = isClosed ? JSON.stringify([told, inside.get(exit.node), exit.port, types]) : '';
  return { nodes, entry, exit, shared, signature };
}

function uniqueSources(sources: readonly Source[]): readonly Source[] {
  return sources.filter(
    (source, i) => sources.findIndex((one) => one.node === source.node && one.port === source.port) === i,
  );
}
