import type { TensorType } from '../../core/shape.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import type { InferredDocument } from '../../infer/inferDocument.ts';
import { type OpInstance, walkInstances } from '../../lower/walkInstances.ts';
import { opNamed } from '../../ops/index.ts';
import { channelsFirstDims, type OnnxDim } from './channelsFirst.ts';
import { emitOp, type WeightSource } from './emitOp.ts';
import { emitZeros } from './emitZeros.ts';
import { type EncodedModel, encodeModel, EXTERNAL_DATA_THRESHOLD } from './encodeModel.ts';
import { createOnnxGraph, type OnnxGraphBuilder } from './onnxGraph.ts';
import { normalizeInput, type InputNormalization } from './normalizeInput.ts';
import { DEFAULT_OPSET } from './opsets.ts';

export interface ExportOnnxOptions {
  readonly document: SkipwireDocument;
  /** Of the same document, without errors. */
  readonly inferred: InferredDocument;
  readonly weights: WeightSource;
  readonly opset?: number;
  /** Version of the product, written as the producer's. */
  readonly producerVersion: string;
  /** File name for weights that leave the model, and from which total size in bytes they do. */
  readonly external: { readonly location: string; readonly threshold?: number };
  /** By the path of the input: done inside the model, so that it takes numbers as they were before. */
  readonly normalization?: ReadonlyMap<string, InputNormalization> | undefined;
}

/** A graph input: an image in NCHW, a vector as it is. */
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
  readonly opset: number;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly OnnxOutput[];
}

/**
 * Writes a document as an ONNX model: blocks expanded, the batch symbolic, images NCHW, every value named after the path
 * of its node. Its outputs are named after the ports of the output node, such as `logits` and `probabilities`, with the
 * node's path in front when there are several.
 * Throws for a document with errors, which is the caller's to refuse.
 */
export function exportOnnx(options: ExportOnnxOptions): OnnxExport {
  const { document, inferred, weights, opset = DEFAULT_OPSET, producerVersion, external } = options;
  const graph = createOnnxGraph(opset);
  const inputs: OnnxInput[] = [];
  const ends: OutputEnd[] = [];
  const declared = declareInputs(graph, options, inputs);
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
    const resolved = { op, path, parameters, inputs: names, types: knownTypes(instance, 'inputs'), weights: specs };
    const results = emitOp(graph, resolved, weights);
    if (op.family === 'output') ends.push({ path, names: results, types });
    for (const [port, type] of Object.entries(types)) {
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

  const outputs = ends.map((end) => addOutput(graph, end, ends.length > 1));
  const encoded = encodeModel(
    {
      graph: graph.finish(),
      graphName: document.name,
      documentation: [document.description, document.source].filter((text) => text !== undefined).join('\n\n'),
      opset,
      producerVersion,
    },
    { location: external.location, threshold: external.threshold ?? EXTERNAL_DATA_THRESHOLD },
  );
  return { ...encoded, opset, inputs, outputs };
}

/**
 * Declares every input, and returns its ONNX names by path and port. Zeros take the batch from an input, which may be one
 * that the walk comes to after them.
 */
function declareInputs(
  graph: OnnxGraphBuilder,
  { document, inferred: { root }, normalization }: ExportOnnxOptions,
  inputs: OnnxInput[],
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const declared = new Map<string, Readonly<Record<string, string>>>();
  walkInstances<string>(document, root, {
    visit(instance) {
      const { path } = instance;
      const op = opNamed(instance.op);
      if (op?.family !== 'input')
        return Object.fromEntries(Object.keys(instance.inferred.outputs).map((port) => [port, '']));
      const names = Object.entries(knownTypes(instance, 'outputs')).map(([port, type]) => {
        const value = { dims: dimsOf(path, type), dtype: type.dtype, documentation: op.documentation.title };
        const name = graph.input(path, value);
        inputs.push({ name, path, type });
        const own = normalization?.get(path);
        return [port, own === undefined ? name : normalizeInput(graph, path, name, type, own)] as const;
      });
      declared.set(path, Object.fromEntries(names));
      return Object.fromEntries(names);
    },
    zeros: () => '',
  });
  return declared;
}

interface OutputEnd {
  readonly path: string;
  readonly names: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, TensorType>>;
}

function addOutput(graph: OnnxGraphBuilder, { path, names, types }: OutputEnd, several: boolean): OnnxOutput {
  const ports = Object.entries(names).map(([port, source]) => {
    const type = types[port];
    if (type === undefined) throw new Error(`The shape at "${path}.${port}" is unknown.`);
    const documentation = `${port[0]?.toUpperCase() ?? ''}${port.slice(1)} of "${path}"`;
    const value = { dims: dimsOf(path, type), dtype: type.dtype, documentation };
    return [port, graph.output(several ? `${path}.${port}` : port, source, value)] as const;
  });
  return { path, ports: Object.fromEntries(ports), types };
}

function knownTypes({ path, inferred }: OpInstance, side: 'inputs' | 'outputs'): Readonly<Record<string, TensorType>> {
  const known = Object.entries(inferred[side]).map(([port, type]) => {
    if (type === undefined) throw new Error(`The shape at "${path}.${port}" is unknown.`);
    return [port, type] as const;
  });
  return Object.fromEntries(known);
}

function dimsOf(path: string, type: TensorType): readonly OnnxDim[] {
  const dims = channelsFirstDims(type);
  if (dims === null) throw new Error(`The shape at "${path}" is not fully known.`);
  return dims;
}
