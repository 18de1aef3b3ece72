import type { TensorType } from '../../core/shape.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import type { InferredDocument } from '../../infer/inferDocument.ts';
import { type OpInstance, walkInstances } from '../../lower/walkInstances.ts';
import { readBody } from '../../ops/foreign/foreignBody.ts';
import { opNamed } from '../../ops/index.ts';
import { wantedPorts } from '../wantedPorts.ts';
import { channelsFirstDims, type OnnxDim } from './channelsFirst.ts';
import { describeAxes, endDims, inside, outside } from './endLayout.ts';
import { emitOp, type WeightSource } from './emitOp.ts';
import { emitZeros } from './emitZeros.ts';
import { type EncodedModel, encodeModel, EXTERNAL_DATA_THRESHOLD, type OnLoss } from './encodeModel.ts';
import { fixBatch } from './fixBatch.ts';
import { foldNormalization, type FoldedGraph } from './foldNormalization.ts';
import { halvePrecision } from './halvePrecision.ts';
import { createOnnxGraph, type OnnxGraph, type OnnxGraphBuilder } from './onnxGraph.ts';
import { keptOperators, opsetWith } from './keptOperators.ts';
import { normalizeInput, type InputNormalization } from './normalizeInput.ts';
import { DEFAULT_ONNX_OPTIONS, type OnnxOptions } from './onnxOptions.ts';
import { weightsAsInputs } from './weightsAsInputs.ts';

export interface ExportOnnxOptions {
  readonly document: SkipwireDocument;
  /** Of the same document, without errors. */
  readonly inferred: InferredDocument;
  readonly weights: WeightSource;
  /** Where tensors are made while they are written. Each chunk of the files is then to be used before the next is asked for. */
  readonly room?: Float32Array | undefined;
  /** How it is written; the normalization is given apart. */
  readonly options?: Partial<Omit<OnnxOptions, 'normalize' | 'external'>> | undefined;
  /** Version of the product, written as the producer's. */
  readonly producerVersion: string;
  /** File name for weights that leave the model, and from which total size in bytes they do. */
  readonly external: { readonly location: string; readonly threshold?: number | undefined };
  /** By the path of the input: done inside the model, so that it takes numbers as they were before. */
  readonly normalization?: ReadonlyMap<string, InputNormalization> | undefined;
  /** Told of each tensor with values that float16 cannot hold, while the file is written. */
  readonly onLoss?: OnLoss | undefined;
}

/** A graph input that is one of the document. */
export interface OnnxInput {
  readonly name: string;
  readonly path: string;
  readonly type: TensorType;
}

/** What an output node becomes: a graph output for each of its ports. */
export interface OnnxOutput {
  readonly path: string;
  /** ONNX name by port, such as `logits` and `probabilities`. */
  readonly ports: Readonly<Record<string, string>>;
  /** By port. */
  readonly types: Readonly<Record<string, TensorType>>;
}

export interface OnnxExport extends EncodedModel {
  readonly options: ExportedAs;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly OnnxOutput[];
  /** The graph as it is written. */
  readonly graph: OnnxGraph;
  /** What became of batch normalizations, if they were to be folded. */
  readonly folding: Omit<FoldedGraph, 'graph'> | null;
}

/** The options of an export, all of them. */
export type ExportedAs = Omit<OnnxOptions, 'normalize' | 'external'>;

/**
 * Writes a document as an ONNX model: blocks expanded, the batch symbolic and images NCHW unless told otherwise, every
 * value named after the path of its node. Its outputs are named after the ports of the output node, such as `logits` and
 * `probabilities`, with the node's path in front when there are several.
 * Throws for a document with errors and for options that contradict one another, which are the caller's to refuse.
 */
export function exportOnnx(options: ExportOnnxOptions): OnnxExport {
  const { document, inferred, weights, producerVersion, external, onLoss } = options;
  const as: ExportedAs = { ...DEFAULT_ONNX_OPTIONS, ...options.options };
  const kept = keptOperators(document);
  // Operators that were kept from a file are of its operator set, and so is all around them.
  const opset = opsetWith(kept, as.opset);
  const graph = createOnnxGraph(opset);
  const inputs: OnnxInput[] = [];
  const ends: OutputEnd[] = [];
  const declared = declareInputs(graph, options, as, inputs);
  const [firstInput] = inputs;

  const visit = (instance: OpInstance, names: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const op = opNamed(instance.op);
    if (op === undefined) throw new Error(`There is no op "${instance.op}".`);
    const { path } = instance;
    const types = knownTypes(instance, 'outputs');
    const known = declared.get(path);
    if (known !== undefined) return known;
    const { parameters, weights: specs } = instance.inferred;
    if (parameters === undefined) throw new Error(`The parameters of "${path}" are in error.`);
    const body = parameters['body'];
    const resolved = { op, path, parameters, inputs: names, types: knownTypes(instance, 'inputs'), weights: specs };
    const results = emitOp(graph, resolved, weights, options.room);
    if (op.family === 'output') ends.push({ path, names: results, types, body });
    for (const [port, type] of Object.entries(types)) {
      if (type.foreign !== undefined) continue;
      const name = results[port];
      if (name === undefined) throw new Error(`The ONNX export of "${path}" lacks the output "${port}".`);
      graph.describe({ name, dims: dimsOf(path, type), dtype: type.dtype, documentation: '' });
    }
    return results;
  };
  walkInstances<string>(document, inferred.root, {
    visit,
    zeros(port) {
      if (firstInput === undefined) throw new Error('A network without inputs has no batch.');
      return emitZeros(graph, port, firstInput.name);
    },
  });

  const outputs = ends.map((end) => addOutput(graph, end, as, ends.length > 1));
  const { graph: written, folding } = rewritten(graph.finish(), as);
  const encoded = encodeModel(
    {
      graph: written,
      graphName: document.name,
      documentation: [document.description, document.source].filter((text) => text !== undefined).join('\n\n'),
      opset,
      domains: kept.domains,
      producerVersion,
      onLoss,
    },
    { location: external.location, threshold: external.threshold ?? EXTERNAL_DATA_THRESHOLD },
  );
  return { ...encoded, options: { ...as, opset }, inputs, outputs, graph: written, folding };
}

/** The graph with everything done that concerns it as a whole. */
function rewritten(graph: OnnxGraph, { foldNormalization: fold, batch, precision, ends, weights }: ExportedAs) {
  const folding = fold ? foldNormalization(graph) : null;
  let written = folding?.graph ?? graph;
  if (batch !== null) written = fixBatch(written, batch);
  if (precision === 'float16') written = halvePrecision(written, ends);
  if (weights === 'inputs') written = weightsAsInputs(written);
  return { graph: written, folding: folding === null ? null : { folded: folding.folded, left: folding.left } };
}

/**
 * Declares every input, keeps the names of outputs free, and returns the inputs' ONNX names by path and port. Zeros take
 * the batch from an input, which may be one that the walk comes to after them.
 */
function declareInputs(
  graph: OnnxGraphBuilder,
  { document, inferred: { root }, normalization }: ExportOnnxOptions,
  as: ExportedAs,
  inputs: OnnxInput[],
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const declared = new Map<string, Readonly<Record<string, string>>>();
  const ends: { readonly path: string; readonly ports: readonly string[] }[] = [];
  walkInstances<string>(document, root, {
    visit(instance) {
      const { path } = instance;
      const op = opNamed(instance.op);
      const ports = Object.keys(instance.inferred.outputs);
      if (op?.family === 'output') ends.push({ path, ports: wantedPorts(ports, as.answers) });
      if (op?.family !== 'input') return Object.fromEntries(ports.map((port) => [port, '']));
      const names = Object.entries(knownTypes(instance, 'outputs')).map(([port, type]) => {
        if (type.foreign !== undefined) {
          const name = graph.input(path, {
            ...foreignEnd(instance.inferred.parameters?.['body']),
            documentation: path,
          });
          inputs.push({ name, path, type });
          return [port, name] as const;
        }
        const own = normalization?.get(path);
        const given = own === undefined ? '' : ', as it is read: the model normalizes it';
        const documentation = `${op.documentation.title} "${path}": ${describeAxes(type, as.layout)}${given}`;
        const name = graph.input(path, { dims: endDims(path, type, as), dtype: type.dtype, documentation });
        inputs.push({ name, path, type });
        const turned = inside(graph, path, name, type, as);
        return [port, own === undefined ? turned : normalizeInput(graph, path, turned, type, own)] as const;
      });
      declared.set(path, Object.fromEntries(names));
      return Object.fromEntries(names);
    },
    zeros: () => '',
  });
  // What callers ask for by name has the name, though a node be called so too.
  for (const { path, ports } of ends)
    for (const port of ports) graph.reserveOutput(outputPath(path, port, ends.length > 1));
  return declared;
}

interface OutputEnd {
  readonly path: string;
  readonly names: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, TensorType>>;
  /** Of an output that was kept from a file: its type there. */
  readonly body: unknown;
}

function addOutput(
  graph: OnnxGraphBuilder,
  { path, names, types, body }: OutputEnd,
  as: ExportedAs,
  several: boolean,
): OnnxOutput {
  const wanted = wantedPorts(Object.keys(names), as.answers);
  const ports = wanted.map((port) => {
    const [source, type] = [names[port], types[port]];
    if (source === undefined || type === undefined) throw new Error(`The shape at "${path}.${port}" is unknown.`);
    if (type.foreign !== undefined) {
      return [
        port,
        graph.output(outputPath(path, port, several), source, { ...foreignEnd(body), documentation: path }),
      ] as const;
    }
    const documentation = `${port[0]?.toUpperCase() ?? ''}${port.slice(1)} of "${path}": ${describeAxes(type, as.layout)}`;
    const value = { dims: endDims(path, type, as), dtype: type.dtype, documentation };
    const turned = outside(graph, path, port, source, type, as);
    return [port, graph.output(outputPath(path, port, several), turned, value)] as const;
  });
  return { path, ports: Object.fromEntries(ports), types };
}

function outputPath(path: string, port: string, several: boolean): string {
  return several ? `${path}.${port}` : port;
}

function knownTypes({ path, inferred }: OpInstance, side: 'inputs' | 'outputs'): Readonly<Record<string, TensorType>> {
  const known = Object.entries(inferred[side]).map(([port, type]) => {
    if (type === undefined) throw new Error(`The shape at "${path}.${port}" is unknown.`);
    return [port, type] as const;
  });
  return Object.fromEntries(known);
}

/** The type of an end of the network as a file had it. */
function foreignEnd(body: unknown) {
  const kept = typeof body === 'string' ? readBody(body)?.output[0]?.type : undefined;
  return { dims: [], dtype: 'float32' as const, kept };
}

function dimsOf(path: string, type: TensorType): readonly OnnxDim[] {
  const dims = channelsFirstDims(type);
  if (dims === null) throw new Error(`The shape at "${path}" is not fully known.`);
  return dims;
}
