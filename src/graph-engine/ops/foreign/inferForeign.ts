import { create } from '@bufbuild/protobuf';
import { foreignValue, type TensorType } from '../../core/shape.ts';
import { readTensor } from '../../sources/onnx/constantTensor.ts';
import { elementTypeName, elementTypes, isWhole } from '../../sources/onnx/elementTypes.ts';
import { UNKNOWN, type Fact } from '../../sources/onnx/facts.ts';
import { outputDims, outputElementType } from '../../sources/onnx/outputDims.ts';
import type { SourceNode } from '../../sources/onnx/sourceModel.ts';
import {
  TypeProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TypeProto,
} from '../../targets/protobuf/generated/onnx_pb.js';
import { describeType } from './foreignBody.ts';
import { EXAMPLES, ownType, wordsFor } from './ownType.ts';

/** Sizes of the batch that shapes are worked out for; what differs between the two depends on it. */
const BATCHES = [2, 3] as const;

/** Ends the words for whole numbers that may have become others: shapes that are computed with, above all. */
const CHANGED = ', changed';

interface Known {
  readonly elementType: number;
  readonly dims: readonly [readonly number[], readonly number[]];
}

/**
 * The types that a kept operator gives out when other types come in than in the file: those that its rules of shapes tell, and
 * unknown ones wherever these need more than shapes.
 */
export function inferForeign(
  body: GraphProto,
  domain: string,
  given: readonly (TensorType | undefined)[],
): readonly TensorType[] {
  const [proto] = body.node;
  const unknown = body.output.map(() => foreignValue('unknown'));
  if (proto === undefined || domain !== '') return unknown;
  const node = sourceNode(proto);
  const known = new Map<string, Known>();
  for (const [i, { name }] of body.input.entries()) {
    const type = given[i];
    const found = type === undefined ? undefined : toldType(wordsFor(type));
    if (found !== undefined) known.set(name, found);
  }
  const [small, large] = [0, 1].map((which) => factsOf(body, known, which as 0 | 1));
  if (small === undefined || large === undefined) return unknown;
  const inputs = (facts: ReadonlyMap<string, Fact>): readonly (Fact | undefined)[] =>
    node.inputs.map((name) => (name === '' ? undefined : (facts.get(name) ?? UNKNOWN)));
  const [a, b] = [outputDims(node, inputs(small)), outputDims(node, inputs(large))];
  return body.output.map(({ name }) => {
    const index = node.outputs.indexOf(name);
    const [dims, other] = [a?.[index], b?.[index]];
    const elementType = outputElementType(node, inputs(small), index);
    if (dims === undefined || other?.length !== dims.length || elementType === 0) return foreignValue('unknown');
    const type = typeOf(elementType, dims, other);
    if (!isWhole(elementType) || dims.length > 1) return ownType(type);
    return foreignValue(describeType(type, elementTypeName) + CHANGED);
  });
}

function sourceNode(proto: NodeProto): SourceNode {
  return {
    name: proto.name,
    opType: proto.opType,
    domain: proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes: new Map<string, AttributeProto>(proto.attribute.map((attribute) => [attribute.name, attribute])),
    documentation: '',
    modules: [],
  };
}

function factsOf(body: GraphProto, known: ReadonlyMap<string, Known>, which: 0 | 1): ReadonlyMap<string, Fact> {
  const facts = new Map<string, Fact>();
  for (const tensor of body.initializer) {
    const dims = tensor.dims.map(Number);
    const read = Number(tensor.dataLocation) === 0 ? readTensor(tensor, () => undefined) : undefined;
    const constant = read === undefined || 'code' in read ? undefined : read;
    facts.set(tensor.name, { elementType: tensor.dataType, dims, constant });
  }
  for (const [name, { elementType, dims }] of known) facts.set(name, { elementType, dims: dims[which] });
  return facts;
}

/** The type that was told in words: `float32 [batch, 2, 3, 4, 5]`. */
function toldType(told: string): Known | undefined {
  const [, name = '', sizes = ''] = /^(\w+) \[([\w, ]*)\](?:, changed)?$/.exec(told) ?? [];
  const elementType = Object.hasOwn(elementTypes, name) ? elementTypes[name as keyof typeof elementTypes] : undefined;
  if (elementType === undefined) return undefined;
  const words = sizes === '' ? [] : sizes.split(', ');
  if (!words.every((word) => word === EXAMPLES || /^\d+$/.test(word))) return undefined;
  const dims = (batch: number): readonly number[] => words.map((word) => (word === EXAMPLES ? batch : Number(word)));
  return { elementType, dims: [dims(BATCHES[0]), dims(BATCHES[1])] };
}

function typeOf(elementType: number, small: readonly number[], large: readonly number[]): TypeProto {
  const dim = small.map((size, axis) => {
    if (!Number.isSafeInteger(Math.trunc(size))) return {};
    if (size === large[axis]) return { value: { case: 'dimValue' as const, value: BigInt(Math.trunc(size)) } };
    const isBatch = axis === 0 && size === BATCHES[0] && large[axis] === BATCHES[1];
    return isBatch ? { value: { case: 'dimParam' as const, value: EXAMPLES } } : {};
  });
  return create(TypeProtoSchema, { value: { case: 'tensorType', value: { elemType: elementType, shape: { dim } } } });
}
