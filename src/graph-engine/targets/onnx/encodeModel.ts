import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, getTextEncoding, WireType } from '@bufbuild/protobuf/wire';
import type { OnnxAttribute } from '../../core/onnxContext.ts';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
} from '../protobuf/generated/onnx_pb.js';
import { irVersionOf } from './opsets.ts';
import { renameCaptured } from '../protobuf/renameCaptured.ts';
import { toFloat16, type RangeLoss } from './float16.ts';
import type { OnnxElement, OnnxGraph, OnnxInitializer, OnnxNode, OnnxValue } from './onnxGraph.ts';

export interface ModelDescription {
  readonly graph: OnnxGraph;
  readonly graphName: string;
  readonly documentation: string;
  readonly opset: number;
  /** Operator sets beside ONNX's own, of nodes that were kept from a file. */
  readonly domains?: ReadonlyMap<string, number>;
  readonly producerVersion: string;
  /** Told of each tensor with values that its type cannot hold, while it is written. */
  readonly onLoss?: OnLoss | undefined;
}

export type OnLoss = (tensor: string, loss: Readonly<RangeLoss>) => void;

export interface ExternalDataOptions {
  /** File name of the data, beside the model; never a path. */
  readonly location: string;
  /** Total size of the tensors, in bytes, from which they leave the model file. */
  readonly threshold: number;
}

/** A model ready to be written: sizes are known, tensors are made one at a time while the chunks are read. */
export interface EncodedModel {
  readonly modelBytes: number;
  /** The `.onnx` file in order; may be read again. */
  model(): Iterable<Uint8Array>;
  readonly external: {
    readonly location: string;
    readonly bytes: number;
    /** The data file in order. */
    chunks(): Iterable<Uint8Array>;
  } | null;
}

/** Weights of 64 MB and more go beside the model, where a runtime can map them into memory. */
export const EXTERNAL_DATA_THRESHOLD = 64_000_000;
/** Smaller tensors stay inside: each external one starts on a page of its own. */
const PAGE = 4096;
/** A protobuf message cannot be longer. */
const MESSAGE_LIMIT = 2 ** 31 - 1;

// Values of AttributeProto.AttributeType and TensorProto.DataType in onnx.proto.
const ATTRIBUTE = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;
const ELEMENT = { float32: 1, int32: 6, int64: 7, float16: 10 } as const satisfies Record<OnnxElement, number>;
const BYTES = { float32: 4, float16: 2, int64: 8 } as const;
const EXTERNAL = 1;
/** Field numbers in onnx.proto of the parts that are framed here, so that tensors need not be in memory together. */
const FIELD = { modelGraph: 7, graphInitializer: 5, tensorRawData: 9 } as const;

/** A model that needs its weights in a file beside it. */
export class ModelTooLarge extends Error {
  readonly bytes: number;

  constructor(bytes: number) {
    super(`The ONNX model would have ${bytes} bytes in one file; keep the weights outside it.`);
    this.name = 'ModelTooLarge';
    this.bytes = bytes;
  }
}

interface PlacedTensor {
  readonly tensor: OnnxInitializer;
  /** The message without its raw data. */
  readonly header: Uint8Array;
  /** Where the data is in the data file, or `null` when it is inside the model. */
  readonly offset: number | null;
}

/**
 * Encodes a model as ONNX (protobuf, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) without ever holding more
 * than one tensor beside the weights themselves. Throws for an opset that cannot be written and for a model that is too
 * large without external data.
 */
export function encodeModel(description: ModelDescription, external: ExternalDataOptions): EncodedModel {
  const { graph, opset, onLoss } = description;
  const irVersion = irVersionOf(opset);
  if (irVersion === undefined) throw new Error(`ONNX opset ${opset} cannot be written.`);
  const total = graph.initializers.reduce((sum, tensor) => sum + byteLengthOf(tensor), 0);
  const { placed, dataBytes } = placeTensors(
    graph.initializers,
    total >= external.threshold ? external.location : null,
  );

  const modelHead = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(irVersion),
      producerName: 'Skipwire',
      producerVersion: description.producerVersion,
      docString: description.documentation,
      opsetImport: [['', opset] as const, ...(description.domains ?? [])].map(([domain, version]) => ({
        domain,
        version: BigInt(version),
      })),
    }),
  );
  const graphHead = toBinary(
    GraphProtoSchema,
    create(GraphProtoSchema, {
      name: description.graphName,
      node: graph.nodes.map(nodeMessage),
      input: graph.inputs.map(valueMessage),
      output: graph.outputs.map(valueMessage),
      valueInfo: graph.inner.map(valueMessage),
    }),
  );
  const frames = placed.map(frameTensor);
  const graphBytes = frames.reduce((sum, frame) => sum + frame.bytes, graphHead.length);
  const graphFrame = lengthDelimited(FIELD.modelGraph, graphBytes);
  const modelBytes = modelHead.length + graphFrame.length + graphBytes;
  if (modelBytes > MESSAGE_LIMIT) {
    throw new ModelTooLarge(modelBytes);
  }

  return {
    modelBytes,
    *model() {
      yield modelHead;
      yield graphFrame;
      yield graphHead;
      for (const { prefix, tensor } of frames) {
        yield prefix;
        if (tensor !== null) yield* bytesOf(tensor, onLoss);
      }
    },
    external: placed.some(({ offset }) => offset !== null)
      ? { location: external.location, bytes: dataBytes, chunks: () => dataChunks(placed, onLoss) }
      : null,
  };
}

function placeTensors(initializers: readonly OnnxInitializer[], location: string | null) {
  let dataBytes = 0;
  const placed = initializers.map((tensor): PlacedTensor => {
    if (tensor.kept !== undefined) {
      const kept = create(TensorProtoSchema, { ...tensor.kept, name: tensor.name });
      return { tensor, header: toBinary(TensorProtoSchema, kept), offset: null };
    }
    const message = {
      name: tensor.name,
      dims: tensor.dims.map(BigInt),
      dataType: ELEMENT[tensor.dtype],
    };
    if (location === null || byteLengthOf(tensor) < PAGE) {
      return { tensor, header: toBinary(TensorProtoSchema, create(TensorProtoSchema, message)), offset: null };
    }
    const offset = Math.ceil(dataBytes / PAGE) * PAGE;
    dataBytes = offset + byteLengthOf(tensor);
    const header = create(TensorProtoSchema, {
      ...message,
      dataLocation: EXTERNAL,
      externalData: [
        { key: 'location', value: location },
        { key: 'offset', value: String(offset) },
        { key: 'length', value: String(byteLengthOf(tensor)) },
      ],
    });
    return { tensor, header: toBinary(TensorProtoSchema, header), offset };
  });
  return { placed, dataBytes };
}

/** Bytes around a tensor's data in the graph message; `tensor` is null when nothing follows the prefix. */
function frameTensor({ tensor, header, offset }: PlacedTensor) {
  const inside = offset === null;
  const dataBytes = inside ? byteLengthOf(tensor) : 0;
  const dataFrame =
    inside && tensor.kept === undefined ? lengthDelimited(FIELD.tensorRawData, dataBytes) : new Uint8Array();
  const messageBytes = header.length + dataFrame.length + dataBytes;
  const prefix = concatenate([lengthDelimited(FIELD.graphInitializer, messageBytes), header, dataFrame]);
  return {
    prefix,
    tensor: inside ? tensor : null,
    bytes: prefix.length + dataBytes,
  };
}

function* dataChunks(placed: readonly PlacedTensor[], onLoss: OnLoss | undefined): Generator<Uint8Array> {
  let at = 0;
  for (const { tensor, offset } of placed) {
    if (offset === null) continue;
    if (offset > at) yield new Uint8Array(offset - at);
    yield* bytesOf(tensor, onLoss);
    at = offset + byteLengthOf(tensor);
  }
}

/** How many bytes the data of a tensor have. */
export function byteLengthOf({ dims, dtype, kept }: OnnxInitializer): number {
  if (kept !== undefined) return 0;
  return dims.reduce((product, size) => product * size, BYTES[dtype]);
}

/** The data of a tensor: little-endian, as is every machine that the engine's native library runs on. */
function* bytesOf(
  { name, content, dtype, kept, isWeight }: OnnxInitializer,
  onLoss: OnLoss | undefined,
): Generator<Uint8Array> {
  if (kept !== undefined) return;
  if (content.kind === 'integers') {
    yield new Uint8Array(BigInt64Array.from(content.values, (value) => BigInt(value)).buffer);
    return;
  }
  const loss = { clamped: 0, vanished: 0 };
  for (const piece of content.pieces()) {
    if (dtype === 'float16') yield toFloat16(piece, loss);
    else yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  }
  // What constants lose is known before a file is written.
  if (isWeight && loss.clamped + loss.vanished > 0) onLoss?.(name, loss);
}

/** Tag and length of a field whose bytes follow. */
function lengthDelimited(field: number, length: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish();
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function nodeMessage(node: OnnxNode) {
  if (node.kept !== undefined) return keptMessage(node, node.kept);
  return {
    name: node.name,
    opType: node.opType,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => ({ name, ...attributeMessage(value) })),
    docString: node.documentation,
  };
}

/** A node as a file had it, under the names that its values have here. */
function keptMessage(
  { name, inputs, outputs, documentation }: OnnxNode,
  { node, captured }: NonNullable<OnnxNode['kept']>,
) {
  const names = { name, input: [...inputs], output: [...outputs], docString: documentation };
  return create(NodeProtoSchema, {
    ...node,
    ...names,
    metadataProps: [],
    attribute: node.attribute.map((one) => renameCaptured(one, captured)),
  });
}

function attributeMessage(value: OnnxAttribute) {
  if (typeof value === 'number') return { type: ATTRIBUTE.int, i: BigInt(value) };
  if (typeof value === 'string') return { type: ATTRIBUTE.string, s: getTextEncoding().encodeUtf8(value) };
  if ('float' in value) return { type: ATTRIBUTE.float, f: value.float };
  if ('floats' in value) return { type: ATTRIBUTE.floats, floats: [...value.floats] };
  return { type: ATTRIBUTE.ints, ints: value.map(BigInt) };
}

function valueMessage(value: OnnxValue) {
  if (value.kept !== undefined) return { name: value.name, docString: value.documentation, type: value.kept };
  return {
    name: value.name,
    docString: value.documentation,
    type: {
      value: {
        case: 'tensorType' as const,
        value: {
          elemType: ELEMENT[value.dtype],
          shape: {
            dim: value.dims.map((dim) =>
              typeof dim === 'number'
                ? { value: { case: 'dimValue' as const, value: BigInt(dim) } }
                : { value: { case: 'dimParam' as const, value: dim } },
            ),
          },
        },
      },
    },
  };
}
