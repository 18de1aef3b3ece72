import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire';
import { GraphProtoSchema, type GraphProto, type TypeProto } from '../../targets/protobuf/generated/onnx_pb.js';

/** Longest text of a body: what is larger goes into the weights, or is not kept. */
export const MAXIMUM_BODY = 32_000_000;

/** Bodies that were read lately: inference asks for the same ones again and again. */
const known = new Map<string, GraphProto | null>();
const MAXIMUM_KNOWN = 4096;

/** A part of a file as text that a document can hold. */
export function writeBody(graph: GraphProto): string {
  return base64Encode(toBinary(GraphProtoSchema, graph));
}

/** The part of a file that a text holds; `undefined` where it is none. */
export function readBody(text: string): GraphProto | undefined {
  let graph = known.get(text);
  if (graph === undefined) {
    try {
      graph = fromBinary(GraphProtoSchema, base64Decode(text));
    } catch {
      graph = null;
    }
    if (known.size >= MAXIMUM_KNOWN) known.clear();
    known.set(text, graph);
  }
  return graph ?? undefined;
}

/** What a type of ONNX is, in words: `int64 [batch, 12]`. `nameOf` gives element types their names. */
export function describeType(type: TypeProto | undefined, nameOf: (code: number) => string): string {
  const value = type?.value;
  switch (value?.case) {
    case 'tensorType':
    case 'sparseTensorType': {
      const { elemType, shape } = value.value;
      const dims = shape?.dim.map((dim) => (dim.value.case === undefined ? '?' : String(dim.value.value)));
      const sizes = dims === undefined ? '' : ` [${dims.join(', ')}]`;
      return `${value.case === 'sparseTensorType' ? 'sparse ' : ''}${nameOf(elemType)}${sizes}`;
    }
    case 'sequenceType':
      return `sequence of ${describeType(value.value.elemType, nameOf)}`;
    case 'optionalType':
      return `optional ${describeType(value.value.elemType, nameOf)}`;
    case 'mapType':
      return `map from ${nameOf(value.value.keyType)} to ${describeType(value.value.valueType, nameOf)}`;
    default:
      return 'unknown';
  }
}
