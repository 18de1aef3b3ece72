import type { OnnxAttribute } from '../../core/onnxContext.ts';
import { type OnnxGraph, type OnnxInitializer, type OnnxNode, withoutDeadNodes } from './onnxGraph.ts';
import { wholeContent, type TensorContent } from './tensorContent.ts';

export interface FoldedGraph {
  readonly graph: OnnxGraph;
  /** Batch normalizations that are in the weights before them now. */
  readonly folded: number;
  /** Names of those that stay, each with why. */
  readonly left: readonly { readonly name: string; readonly reason: string }[];
}

/** What can take a normalization in: a linear operator with a constant kernel. */
interface Host {
  readonly node: OnnxNode;
  readonly kernel: OnnxInitializer;
  readonly bias: OnnxInitializer | undefined;
  /** Neighbouring elements of the kernel that belong to one channel of the result, and how their channels follow. */
  readonly run: number;
  channelOf(run: number): number;
}

/**
 * Multiplies every batch normalization that directly follows a convolution or a dense layer into its kernel and bias:
 * `scale / √(variance + ε)` times the kernel, and `(bias − mean) · scale / √(variance + ε) + offset`. A pair of transpositions
 * between the two, which sequences have, goes with it.
 */
export function foldNormalization(graph: OnnxGraph): FoldedGraph {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const uses = countUses(graph);
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const replaced = new Map<OnnxNode, OnnxNode | null>();
  const tensors = new Map<string, OnnxInitializer>();
  const left: { readonly name: string; readonly reason: string }[] = [];
  let folded = 0;

  for (const norm of graph.nodes) {
    if (norm.opType !== 'BatchNormalization') continue;
    const [x = '', ...parameters] = norm.inputs;
    const before = producers.get(x);
    const pair = before === undefined ? undefined : transposedPair(before, producers);
    const host = hostOf(pair?.host ?? before, constants);
    const path = [host?.node, pair?.first, pair === undefined ? undefined : before].filter(
      (node) => node !== undefined,
    );
    const [scale, offset, mean, variance] = parameters.map((name) => constants.get(name));
    if (
      host === undefined ||
      scale === undefined ||
      offset === undefined ||
      mean === undefined ||
      variance === undefined
    ) {
      left.push({ name: norm.name, reason: 'no convolution or dense layer stands directly before it' });
      continue;
    }
    if (path.some(({ outputs: [output = ''] }) => uses.get(output) !== 1)) {
      left.push({ name: norm.name, reason: 'what comes before it is used elsewhere too' });
      continue;
    }
    const shared = [host.kernel, host.bias].some((tensor) => tensor !== undefined && uses.get(tensor.name) !== 1);
    if (shared) {
      left.push({ name: norm.name, reason: 'the weights before it are shared' });
      continue;
    }
    const factors = remembered(() =>
      factorsOf({ scale, offset, mean, variance, bias: host.bias, epsilon: floatOf(norm.attributes['epsilon'], 1e-5) }),
    );
    const bias = host.bias?.name ?? freeName(`${host.node.name}.bias`, constants, producers);
    tensors.set(host.kernel.name, { ...host.kernel, content: scaled(host, () => factors().factor) });
    const channels = scale.dims[0] ?? 1;
    const shift: TensorContent = { kind: 'floats', pieces: () => [factors().shift] };
    tensors.set(bias, { name: bias, dims: [channels], dtype: 'float32', isWeight: true, content: shift });
    const [input = '', kernel = ''] = host.node.inputs;
    replaced.set(host.node, {
      ...host.node,
      inputs: [input, kernel, bias],
      outputs: norm.outputs,
      documentation: `${host.node.documentation}, with ${norm.documentation} folded in`,
    });
    replaced.set(norm, null);
    for (const node of path.slice(1)) replaced.set(node, null);
    folded += 1;
  }
  if (folded === 0) return { graph, folded, left };

  const nodes = graph.nodes.flatMap((node) => {
    const next = replaced.get(node);
    return next === undefined ? [node] : next === null ? [] : [next];
  });
  const initializers = [
    ...graph.initializers.map((tensor) => tensors.get(tensor.name) ?? tensor),
    ...[...tensors.values()].filter(({ name }) => !constants.has(name)),
  ];
  return { graph: withoutDeadNodes({ ...graph, nodes, initializers }), folded, left };
}

/** `host` behind two transpositions that undo one another, the second of which is given. */
function transposedPair(second: OnnxNode, producers: ReadonlyMap<string, OnnxNode>) {
  if (second.opType !== 'Transpose') return undefined;
  const first = producers.get(second.inputs[0] ?? '');
  const host = producers.get(first?.inputs[0] ?? '');
  if (first?.opType !== 'Transpose' || host === undefined) return undefined;
  const [a, b] = [first.attributes['perm'], second.attributes['perm']];
  if (!Array.isArray(a) || !Array.isArray(b) || !a.every((axis: number, i) => b[axis] === i)) return undefined;
  return { first, host };
}

function hostOf(node: OnnxNode | undefined, constants: ReadonlyMap<string, OnnxInitializer>): Host | undefined {
  const kernel = constants.get(node?.inputs[1] ?? '');
  const biasName = node?.inputs[2];
  const bias = biasName === undefined ? undefined : constants.get(biasName);
  if (node === undefined || kernel === undefined || (biasName !== undefined && bias === undefined)) return undefined;
  const [rows = 1, columns = 1, ...window] = kernel.dims;
  const places = window.reduce((product, size) => product * size, 1);
  switch (node.opType) {
    case 'Conv':
      return { node, kernel, bias, run: columns * places, channelOf: (run) => run };
    case 'Gemm':
      return node.attributes['transB'] === 1
        ? { node, kernel, bias, run: columns, channelOf: (run) => run }
        : { node, kernel, bias, run: 1, channelOf: (run) => run % columns };
    case 'ConvTranspose': {
      const groups = Number(node.attributes['group'] ?? 1);
      // The kernel is [in, out / groups, ...]: each group of inputs has outputs of its own.
      const channelOf = (run: number) => Math.floor(run / columns / (rows / groups)) * columns + (run % columns);
      return { node, kernel, bias, run: places, channelOf };
    }
    default:
      return undefined;
  }
}

interface NormTensors {
  readonly scale: OnnxInitializer;
  readonly offset: OnnxInitializer;
  readonly mean: OnnxInitializer;
  readonly variance: OnnxInitializer;
  readonly bias: OnnxInitializer | undefined;
  readonly epsilon: number;
}

function factorsOf({ scale, offset, mean, variance, bias, epsilon }: NormTensors) {
  const [scales, offsets, means, variances] = [scale, offset, mean, variance].map(({ content }) =>
    wholeContent(content),
  );
  const biases = bias === undefined ? [] : wholeContent(bias.content);
  const factor = Float64Array.from(scales ?? [], (value, i) => value / Math.sqrt((variances?.[i] ?? 1) + epsilon));
  const shift = Float32Array.from(
    factor,
    (value, i) => ((biases[i] ?? 0) - (means?.[i] ?? 0)) * value + (offsets?.[i] ?? 0),
  );
  return { factor, shift };
}

function scaled({ kernel, run, channelOf }: Host, factors: () => Float64Array): TensorContent {
  const { content } = kernel;
  if (content.kind !== 'floats') return content;
  return {
    kind: 'floats',
    *pieces() {
      const factor = factors();
      let at = 0;
      for (const piece of content.pieces()) {
        const result = new Float32Array(piece.length);
        for (let i = 0; i < piece.length;) {
          const place = Math.floor((at + i) / run);
          const end = Math.min(piece.length, (place + 1) * run - at);
          const by = factor[channelOf(place)] ?? 1;
          for (; i < end; i++) result[i] = (piece[i] ?? 0) * by;
        }
        at += piece.length;
        yield result;
      }
    },
  };
}

/** Calculated when it is asked for first. */
function remembered<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function floatOf(attribute: OnnxAttribute | undefined, otherwise: number): number {
  return typeof attribute === 'object' && 'float' in attribute ? attribute.float : otherwise;
}

function countUses({ nodes, outputs }: OnnxGraph): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const names = [...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)];
  for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

function freeName(wanted: string, ...taken: readonly ReadonlyMap<string, unknown>[]): string {
  let name = wanted;
  for (let suffix = 2; taken.some((names) => names.has(name)); suffix++) name = `${wanted}_${suffix}`;
  return name;
}
