import type { LoweredDocument } from '../../../lower/lowerDocument.ts';
import { asciiField, bytesField, concatBytes, varintField } from '../../protobuf/wireBytes.ts';
import { dataTypeOf, shape, shapeMessage, text, texts, textType, type, types } from '../attributes.ts';
import { GRAPH_TAG, type GraphWriter } from '../graphWriter.ts';
import type { VariableNodes } from '../variableNodes.ts';
import {
  emitServingGraph,
  type ServingEnd,
  type ServingGraph,
  type ServingOptions,
  type ServingWeight,
} from './servingGraph.ts';

/** A SavedModel without the values of its weights, which lie in a checkpoint beside it. */
export interface SavedModel extends Omit<ServingGraph, 'writer'> {
  /** The bytes of saved_model.pb. */
  readonly savedModel: Uint8Array;
}

/** The signature that TensorFlow Serving and every loader ask for first. */
export const SERVING_SIGNATURE = 'serving_default';
const PREDICT_METHOD = 'tensorflow/serving/predict';
/** `SaverDef.V2`: checkpoints as an index and data. */
const SAVER_VERSION = 2;

/**
 * Writes the prediction of a network as a SavedModel: its weights are variables, named as in the document, which TensorFlow
 * restores from the checkpoint in `variables/` and can save again; one signature tells inputs and outputs by name.
 */
export function encodeSavedModel(lowered: LoweredDocument, options: ServingOptions): SavedModel {
  const handles: (VariableNodes & { readonly weight: ServingWeight })[] = [];
  const { writer, ...graph } = emitServingGraph(lowered, options, (own, weight) => {
    const nodes = emitVariable(own, weight);
    handles.push({ ...nodes, weight });
    return nodes;
  });
  const { saver, variables } = emitSaver(writer, handles);
  const info = asciiField(4, GRAPH_TAG);
  const metaGraph = concatBytes([
    bytesField(1, info),
    bytesField(2, writer.graph()),
    ...(saver === undefined ? [] : [bytesField(3, saver)]),
    mapEntry(4, 'variables', collection(variables)),
    mapEntry(
      4,
      'trainable_variables',
      collection(variables.filter((_, i) => handles[i]?.weight.variable.trainable === true)),
    ),
    mapEntry(5, SERVING_SIGNATURE, signature(graph)),
  ]);
  return { ...graph, savedModel: concatBytes([varintField(1, 1), bytesField(2, metaGraph)]) };
}

function emitVariable(writer: GraphWriter, { name, variable: { dims, dtype } }: ServingWeight): VariableNodes {
  const handle = writer.node(name, 'VarHandleOp', [], {
    dtype: type(dtype),
    shape: shape(dims),
    container: text(''),
    shared_name: text(name),
  });
  return { handle, read: writer.node(`${name}/read`, 'ReadVariableOp', [handle], { dtype: type(dtype) }) };
}

/** Adds what restores the variables from a checkpoint and saves them to one; returns the `SaverDef` and the `VariableDef`s. */
function emitSaver(writer: GraphWriter, handles: readonly (VariableNodes & { readonly weight: ServingWeight })[]) {
  if (handles.length === 0) return { saver: undefined, variables: [] };
  const string = { dtype: textType };
  const initial = writer.node('save/filename', 'Const', [], { ...string, value: texts([], ['model']) });
  const file = writer.node('save/Const', 'PlaceholderWithDefault', [initial], { ...string, shape: shape([]) });
  const vector = (place: string, values: readonly string[]): string =>
    writer.node(place, 'Const', [], { ...string, value: texts([values.length], values) });
  const names = vector(
    'save/names',
    handles.map(({ weight }) => weight.name),
  );
  // Whole tensors, none in slices.
  const slices = vector(
    'save/slices',
    handles.map(() => ''),
  );
  const dtypes = types(handles.map(({ weight }) => weight.variable.dtype));

  const reads = handles.map(({ read }) => read);
  const save = writer.node('save/SaveV2', 'SaveV2', [file, names, slices, ...reads], { dtypes });
  const saved = writer.node('save/control_dependency', 'Identity', [file, `^${save}`], { T: textType });
  const restore = writer.node('save/RestoreV2', 'RestoreV2', [file, names, slices], { dtypes });
  const assigns = handles.map(({ handle, weight }, i) =>
    writer.node(`${handle}/Assign`, 'AssignVariableOp', [handle, i === 0 ? restore : `${restore}:${i}`], {
      dtype: type(weight.variable.dtype),
    }),
  );
  const restored = writer.node(
    'save/restore_all',
    'NoOp',
    assigns.map((assign) => `^${assign}`),
  );
  const saver = concatBytes([
    asciiField(1, `${file}:0`),
    asciiField(2, `${saved}:0`),
    asciiField(3, restored),
    varintField(7, SAVER_VERSION),
  ]);
  const variables = handles.map(({ handle, read, weight }, i) =>
    concatBytes([
      asciiField(1, `${handle}:0`),
      asciiField(2, assigns[i] ?? ''),
      asciiField(3, `${read}:0`),
      varintField(5, 1),
      asciiField(6, `${restore}:${i}`),
      varintField(7, weight.variable.trainable ? 1 : 0),
    ]),
  );
  return { saver, variables };
}

/** A `CollectionDef` of messages. */
function collection(messages: readonly Uint8Array[]): Uint8Array {
  return bytesField(2, concatBytes(messages.map((message) => bytesField(1, message))));
}

function signature({ inputs, outputs }: Pick<ServingGraph, 'inputs' | 'outputs'>): Uint8Array {
  return concatBytes([
    ...inputs.map((end) => mapEntry(1, end.name, tensorInfo(end))),
    ...outputs.map((end) => mapEntry(2, end.name, tensorInfo(end))),
    asciiField(3, PREDICT_METHOD),
  ]);
}

function tensorInfo({ tensor, dims, type: { dtype } }: ServingEnd): Uint8Array {
  return concatBytes([asciiField(1, tensor), varintField(2, dataTypeOf(dtype)), bytesField(3, shapeMessage(dims))]);
}

/** An entry of a map from a text to a message. */
function mapEntry(field: number, key: string, value: Uint8Array): Uint8Array {
  return bytesField(field, concatBytes([asciiField(1, key), bytesField(2, value)]));
}
