import type { AxisReach as Reach, OpDefinition } from '../core/opDefinition.ts';
import type { AxisName, TensorType } from '../core/shape.ts';
import { BLOCK_INPUT, BLOCK_OUTPUT, blockPorts } from '../document/blockPorts.ts';
import type { BlockDefinition, NodeId, SkipwireDocument } from '../document/schema.ts';
import { opNamed } from '../ops/index.ts';
import { inferDocument } from './inferDocument.ts';
import type { InferredGraph, InferredNode, PortTypes } from './inferredGraph.ts';

/** Reach along height and width of an image, or along a sequence and nothing. */
export type Window = readonly [Reach, Reach];

const POINT: Reach = { extent: 1, stride: 1 };
const ALL: Reach = { extent: Infinity, stride: 1 };
/** Every output sees its own position only. */
export const POINTWISE: Window = [POINT, POINT];
/** Every output sees everything. */
export const EVERYTHING: Window = [ALL, ALL];

/** One window behind another: Araujo et al. 2019, Computing receptive fields of convolutional neural networks, equation 2. */
function behind(first: Reach, second: Reach): Reach {
  return { extent: first.extent + (second.extent - 1) * first.stride, stride: first.stride * second.stride };
}

function both(combine: (a: Reach, b: Reach) => Reach, a: Window, b: Window): Window {
  return [combine(a[0], b[0]), combine(a[1], b[1])];
}

/** What a value that is computed from two sees: as much as the one that sees more. */
function wider(a: Reach, b: Reach): Reach {
  return { extent: Math.max(a.extent, b.extent), stride: Math.max(a.stride, b.stride) };
}

const SPATIAL: readonly AxisName[] = ['height', 'width', 'sequence'];

function spatialSizes(type: TensorType): readonly (number | null)[] {
  return type.axes.filter(({ name }) => SPATIAL.includes(name)).map(({ size }) => size);
}

/** A parameter for both axes; one number stands for both. */
function alongAxes(value: unknown): readonly [number, number] | undefined {
  if (typeof value === 'number') return [value, value];
  if (!Array.isArray(value)) return undefined;
  const [first, second = first] = value as unknown[];
  return typeof first === 'number' && typeof second === 'number' ? [first, second] : undefined;
}

function isLarger(from: number | null | undefined, to: number | null | undefined): boolean {
  return typeof from === 'number' && typeof to === 'number' && to > from;
}

/** A transposed convolution: of the taps, an output meets those that lie a multiple of the stride from it. */
function spread(kernel: number, stride: number, dilation: number): Reach {
  let extent = 1;
  for (let first = 0; first < Math.min(kernel, stride); first++) {
    let last = first;
    for (let tap = first; tap < kernel; tap++) if (((tap - first) * dilation) % stride === 0) last = tap;
    extent = Math.max(extent, ((last - first) * dilation) / stride + 1);
  }
  return { extent, stride: 1 / stride };
}

/**
 * The window through which an op looks at one of its inputs. An op whose parameters have a `kernel` slides it; an op that
 * drops the spatial axes sees everything; an op that enlarges them repeats; every other op works position by position,
 * unless its definition says otherwise. A test measures it on every op.
 */
export function windowOf(
  op: OpDefinition,
  parameters: Readonly<Record<string, unknown>>,
  port: string,
  inputs: PortTypes,
  output: TensorType,
): Window {
  const input = inputs[port];
  if (input === undefined) return POINTWISE;
  const declared = op.receptiveField?.({ parameters, port, input, inputs, output });
  if (declared !== undefined) return declared === 'everything' ? EVERYTHING : declared;
  const [before, after] = [spatialSizes(input), spatialSizes(output)];
  if (before.length === 0) return POINTWISE;
  if (after.length === 0) return EVERYTHING;
  const kernel = alongAxes(parameters['kernel']);
  if (kernel !== undefined) {
    const stride = alongAxes(parameters['stride']) ?? [1, 1];
    const dilation = alongAxes(parameters['dilation']) ?? [1, 1];
    const slide = (axis: 0 | 1): Reach =>
      isLarger(before[axis], after[axis]) && stride[axis] > 1
        ? spread(kernel[axis], stride[axis], dilation[axis])
        : { extent: (kernel[axis] - 1) * dilation[axis] + 1, stride: stride[axis] };
    return after.length === 1 ? [slide(0), POINT] : [slide(0), slide(1)];
  }
  if (before.length !== after.length) return POINTWISE;
  const scaled = (axis: 0 | 1): Reach => {
    const [from, to] = [before[axis], after[axis]];
    const factor = typeof from === 'number' && typeof to === 'number' ? to / from : 1;
    return factor > 1 && Number.isInteger(factor) ? { extent: 1, stride: 1 / factor } : POINT;
  };
  return [scaled(0), scaled(1)];
}

/** By output port, then by the input port of the graph that is seen. Ports that see nothing are left out. */
type Transfer = Readonly<Record<string, Seen>>;
type Seen = ReadonlyMap<string, Window>;

const NOTHING: Seen = new Map();

function joined(all: readonly Seen[]): Seen {
  const result = new Map<string, Window>();
  for (const seen of all) {
    for (const [port, window] of seen) {
      const known = result.get(port);
      result.set(port, known === undefined ? window : both(wider, known, window));
    }
  }
  return result;
}

function through(seen: Seen, window: Window): Seen {
  return new Map([...seen].map(([port, before]) => [port, both(behind, before, window)]));
}

type Blocks = Readonly<Record<string, BlockDefinition>>;

/** What every output of every node of a graph sees of what enters the graph. */
function seenInside(graph: InferredGraph, blocks: Blocks): ReadonlyMap<NodeId, Transfer> {
  const values = new Map<NodeId, Transfer>();
  for (const id of graph.order) {
    const node = graph.nodes.get(id);
    if (node === undefined) continue;
    const inputs: Record<string, Seen> = {};
    for (const [port, source] of Object.entries(node.node.inputs))
      inputs[port] = values.get(source.node)?.[source.port] ?? NOTHING;
    values.set(id, seenBehind(node, inputs, blocks));
  }
  return values;
}

function seenBehind(node: InferredNode, inputs: Readonly<Record<string, Seen>>, blocks: Blocks): Transfer {
  const everyOutput = (seen: (port: string) => Seen): Transfer =>
    Object.fromEntries(Object.keys(node.outputs).map((port) => [port, seen(port)]));
  if (node.muted) return everyOutput(() => NOTHING);
  if (node.bypassed) {
    const [first] = Object.keys(node.inputs);
    return everyOutput(() => inputs[first ?? ''] ?? NOTHING);
  }
  if ('block' in node.node) {
    let current = inputs;
    let result: Transfer = {};
    const definition = blocks[node.node.block];
    if (definition === undefined) return {};
    const ports = blockPorts(definition.graph);
    const [into] = ports.inputs;
    const [out] = ports.outputs;
    for (const instance of node.instances ?? []) {
      const transfer = transferOf(instance, definition, blocks);
      result = Object.fromEntries(
        Object.entries(transfer).map(([port, seen]) => [
          port,
          joined([...seen].map(([entry, window]) => through(current[entry] ?? NOTHING, window))),
        ]),
      );
      if (into !== undefined && out !== undefined) current = { ...current, [into.name]: result[out.name] ?? NOTHING };
    }
    return result;
  }
  if (node.node.op === BLOCK_INPUT) return { output: new Map([[node.name, POINTWISE]]) };
  if (node.node.op === BLOCK_OUTPUT) return { output: inputs['input'] ?? NOTHING };
  const op = opNamed(node.node.op);
  if (op === undefined) return {};
  if (op.family === 'input') return everyOutput(() => new Map([[node.id, POINTWISE]]));
  return everyOutput((port) => {
    const output = node.outputs[port];
    return joined(
      Object.entries(inputs).map(([entry, seen]) => {
        if (op.sizeInputs?.includes(entry) === true) return NOTHING;
        if (node.inputs[entry] === undefined || output === undefined || node.parameters === undefined) return NOTHING;
        return through(seen, windowOf(op, node.parameters, entry, node.inputs, output));
      }),
    );
  });
}

/** Equal instances are one object, so a thousand repetitions are worked out once. */
const transfers = new WeakMap<InferredGraph, { readonly blocks: Blocks; readonly transfer: Transfer }>();

function transferOf(instance: InferredGraph, definition: BlockDefinition, blocks: Blocks): Transfer {
  const known = transfers.get(instance);
  if (known?.blocks === blocks) return known.transfer;
  const inside = seenInside(instance, blocks);
  const transfer = Object.fromEntries(
    blockPorts(definition.graph).outputs.map(({ name, node }) => [name, inside.get(node)?.['output'] ?? NOTHING]),
  );
  transfers.set(instance, { blocks, transfer });
  return transfer;
}

/** The part of the network's input that can change one value, along height and width (or along a sequence). */
export interface ReceptiveField {
  readonly window: Window;
  /** The axes of the input that is seen. */
  readonly axes: readonly AxisName[];
}

const wholeCache = new WeakMap<SkipwireDocument, Map<string, ReadonlyMap<NodeId, ReceptiveField>>>();

/**
 * Receptive fields at the first output of every node of the graph inside the given block nodes (ids from the root, with
 * the repetition of each); the root's when there are none. Nodes that no input reaches are left out.
 */
export function receptiveFields(
  document: SkipwireDocument,
  path: readonly { readonly node: NodeId; readonly instance: number }[] = [],
): ReadonlyMap<NodeId, ReceptiveField> {
  const scopes = wholeCache.get(document) ?? new Map<string, ReadonlyMap<NodeId, ReceptiveField>>();
  wholeCache.set(document, scopes);
  const key = path.map(({ node, instance }) => `${node}[${instance}]`).join('.');
  const known = scopes.get(key);
  if (known !== undefined) return known;
  const result = computeFields(document, path);
  scopes.set(key, result);
  return result;
}

function computeFields(
  document: SkipwireDocument,
  path: readonly { readonly node: NodeId; readonly instance: number }[],
): ReadonlyMap<NodeId, ReceptiveField> {
  const { blocks } = document;
  const { root } = inferDocument(document);
  // What each port of the shown graph sees of the network's inputs; at the root the inputs are seen directly.
  let entering: Readonly<Record<string, Seen>> | undefined;
  let graph = root;
  for (const step of path) {
    const node = graph.nodes.get(step.node);
    if (node === undefined || !('block' in node.node)) return new Map();
    const outside = settle(seenInside(graph, blocks), entering);
    let inputs: Record<string, Seen> = {};
    for (const [port, source] of Object.entries(node.node.inputs))
      inputs[port] = outside.get(source.node)?.[source.port] ?? NOTHING;
    const definition = blocks[node.node.block];
    const instances = node.instances ?? [];
    const last = Math.min(step.instance, instances.length - 1);
    const shown = instances[last];
    if (definition === undefined || shown === undefined) return new Map();
    const ports = blockPorts(definition.graph);
    const [into] = ports.inputs;
    const [out] = ports.outputs;
    for (const instance of instances.slice(0, last)) {
      if (into === undefined || out === undefined) break;
      const seen = transferOf(instance, definition, blocks)[out.name] ?? NOTHING;
      inputs = { ...inputs, [into.name]: joined([...seen].map(([port, w]) => through(inputs[port] ?? NOTHING, w))) };
    }
    entering = inputs;
    graph = shown;
  }
  const fields = new Map<NodeId, ReceptiveField>();
  const axes = inputAxes(root);
  for (const [id, transfer] of settle(seenInside(graph, blocks), entering)) {
    const [seen] = Object.values(transfer);
    if (seen === undefined || seen.size === 0) continue;
    const [first, ...rest] = [...seen.values()];
    if (first === undefined) continue;
    fields.set(id, { window: rest.reduce((a, b) => both(wider, a, b), first), axes });
  }
  return fields;
}

/** Replaces what is seen of a block's ports by what these see of the network's inputs. */
function settle(
  inside: ReadonlyMap<NodeId, Transfer>,
  entering: Readonly<Record<string, Seen>> | undefined,
): ReadonlyMap<NodeId, Transfer> {
  if (entering === undefined) return inside;
  const outside = (seen: Seen): Seen =>
    joined([...seen].map(([port, window]) => through(entering[port] ?? NOTHING, window)));
  return new Map(
    [...inside].map(([id, transfer]) => [
      id,
      Object.fromEntries(Object.entries(transfer).map(([port, seen]) => [port, outside(seen)])),
    ]),
  );
}

function inputAxes(root: InferredGraph): readonly AxisName[] {
  for (const node of root.nodes.values()) {
    if (!('op' in node.node) || opNamed(node.node.op)?.family !== 'input') continue;
    const type = Object.values(node.outputs)[0];
    const axes = (type?.axes ?? []).map(({ name }) => name).filter((name) => SPATIAL.includes(name));
    if (axes.length > 0) return axes;
  }
  return [];
}

/** Short text such as `35×35`, or `everything`. */
export function formatReceptiveField({ window, axes }: ReceptiveField): string {
  const extents = axes.map((_, axis) => window[axis]?.extent ?? 1);
  if (extents.length === 0 || extents.some((extent) => !Number.isFinite(extent))) return 'everything';
  return extents.map((extent) => String(Math.round(extent))).join('×');
}
