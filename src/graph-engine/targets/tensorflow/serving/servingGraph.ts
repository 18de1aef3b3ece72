import type { TensorType } from '../../../core/shape.ts';
import type { LoweredDocument } from '../../../lower/lowerDocument.ts';
import type { Dims, Value, Variable } from '../../../program/program.ts';
import { DataType } from '../../protobuf/generated/tensorflow_pb.js';
import { createUniqueNames, type UniqueNames } from '../../onnx/uniqueNames.ts';
import { type Answers, wantedPorts } from '../../wantedPorts.ts';
import type { InputNormalization } from '../../onnx/normalizeInput.ts';
import { shape, type } from '../attributes.ts';
import { emitInstruction } from '../emitTensorflowGraph.ts';
import { createEntryContext, type EntryContext } from '../entryContext.ts';
import { createGraphWriter, type GraphWriter } from '../graphWriter.ts';
import type { VariableNodes } from '../variableNodes.ts';

/** How a graph that answers others is written. */
export interface ServingOptions {
  readonly answers: Answers;
  /** So many examples at a time; any number where it is `null`. */
  readonly batch: number | null;
  /** By the path of the input: done inside. */
  readonly normalization?: ReadonlyMap<string, InputNormalization> | undefined;
  /** Whether TensorFlow.js reads it. */
  readonly forBrowsers?: boolean;
}

/** An input or output of the graph, as callers name it. */
export interface ServingEnd {
  readonly name: string;
  /** Path of the node of the document. */
  readonly path: string;
  /** Of the document's node; empty for an input. */
  readonly port: string;
  readonly type: TensorType;
  /** Name of the node output that is fed or fetched. */
  readonly tensor: string;
  /** With the batch, -1 where it is open. */
  readonly dims: readonly number[];
}

/** A weight of the graph under the name that it has there. */
export interface ServingWeight {
  readonly name: string;
  readonly variable: Variable;
}

export interface ServingGraph {
  readonly writer: GraphWriter;
  readonly inputs: readonly ServingEnd[];
  readonly outputs: readonly ServingEnd[];
  readonly weights: readonly ServingWeight[];
}

/** Name of the part of the graph that holds the network. */
const NETWORK = 'network';

/** Adds the nodes that hold a weight and give its value. */
export type EmitWeight = (writer: GraphWriter, weight: ServingWeight) => VariableNodes;

/**
 * Writes the prediction of a network as a graph for others to call: inputs named after the input nodes, outputs after the
 * ports of the output node (with the node's path in front when there are several), images channels last.
 */
export function emitServingGraph(
  { program, inputs, outputs }: LoweredDocument,
  options: ServingOptions,
  emitWeight: EmitWeight,
): ServingGraph {
  const { predict } = program.entries;
  if (predict === undefined) throw new Error('The program does not predict');
  const writer = createGraphWriter();
  const names = createUniqueNames();
  const used = new Set(
    predict.instructions.flatMap(({ primitive, attributes: { name } }) =>
      primitive === 'readVariable' && typeof name === 'string' ? [name] : [],
    ),
  );
  // Names of inputs and outputs come first: what callers ask for by name has the name.
  const fed = inputs.map((input) => ({ ...input, name: names.take(input.path) }));
  const asked = outputs.flatMap(({ path, ports }) =>
    wantedPorts(Object.keys(ports), options.answers).map((port) => ({
      path,
      port,
      name: names.take(outputs.length > 1 ? `${path}.${port}` : port),
      described: ports[port],
    })),
  );
  const weights = weightsOf(program.variables, used, names);
  const nodes = new Map(weights.map((weight) => [weight.variable.name, emitWeight(writer, weight)]));
  // Kernels for channels in groups are not in every TensorFlow.
  const abilities = { groupedConvolutions: false, wholeSizes: options.forBrowsers === true };
  const context = createEntryContext(writer, NETWORK, nodes, new Map(), abilities);

  const servedInputs = fed.map(({ feed, path, name, type: given }): ServingEnd => {
    const value = predict.inputs.find((input) => input.name === feed)?.value;
    if (value === undefined) throw new Error(`There is no input ${feed}`);
    const dims = fixed(value.dims, options.batch);
    const placeholder = writer.node(name, 'Placeholder', [], { dtype: type(value.dtype), shape: shape(dims) });
    const own = options.normalization?.get(path);
    context.define(value, own === undefined ? placeholder : normalized(writer, placeholder, own));
    return { name, path, port: '', type: given, tensor: `${placeholder}:0`, dims };
  });
  for (const instruction of predict.instructions) emitInstruction(context, instruction);
  const servedOutputs = asked.map(({ path, port, name, described }): ServingEnd => {
    const value = predict.outputs.find((output) => output.name === described?.fetch)?.value;
    if (described === undefined || value === undefined) throw new Error(`There is no output ${path}.${port}`);
    const node = addOutput(writer, context, name, value);
    return { name, path, port, type: described.type, tensor: `${node}:0`, dims: fixed(value.dims, options.batch) };
  });
  return { writer, inputs: servedInputs, outputs: servedOutputs, weights };
}

function weightsOf(
  variables: readonly Variable[],
  used: ReadonlySet<string>,
  names: UniqueNames,
): readonly ServingWeight[] {
  return variables
    .filter(({ name }) => used.has(name))
    .map((variable) => ({ name: names.take(variable.name), variable }));
}

function fixed(dims: Dims, batch: number | null): readonly number[] {
  return dims.map((dim) => (dim >= 0 ? dim : dim === -1 ? (batch ?? -1) : -1));
}

function addOutput(writer: GraphWriter, context: EntryContext, name: string, value: Value): string {
  const { ref, dtype } = context.tensorOf(value);
  return writer.node(name, 'Identity', [ref], { T: type(dtype) });
}

/** `(input - mean) / deviation`. */
function normalized(writer: GraphWriter, input: string, { mean, deviation }: InputNormalization): string {
  const T = type('float32');
  const constant = (values: readonly number[]): string => writer.constant(DataType.DT_FLOAT, [values.length], values);
  const centred = writer.node(`${input}.centred`, 'Sub', [input, constant(mean)], { T });
  return writer.node(`${input}.normalized`, 'RealDiv', [centred, constant(deviation)], { T });
}
