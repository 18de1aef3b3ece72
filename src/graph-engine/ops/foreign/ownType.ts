import { create } from '@bufbuild/protobuf';
import { features, foreignValue, image, isImage, kindOf, sequence, type TensorType } from '../../core/shape.ts';
import { elementTypeName, elementTypes } from '../../sources/onnx/elementTypes.ts';
import { TypeProtoSchema, type TypeProto } from '../../targets/protobuf/generated/onnx_pb.js';
import { describeType } from './foreignBody.ts';

/** Name of the axis of examples in the types that bodies hold. */
export const EXAMPLES = 'batch';

/** The type of ours that a type of ONNX is: batches of features, sequences and images are known here, nothing else. */
export function ownType(type: TypeProto | undefined): TensorType {
  const known = type?.value.case === 'tensorType' ? type.value.value : undefined;
  const dims = known?.shape?.dim ?? [];
  const [first, ...rest] = dims;
  const isBatch = first?.value.case === 'dimParam' && first.value.value === EXAMPLES;
  const sizes = rest.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : undefined));
  if (known?.elemType === elementTypes.float32 && isBatch && sizes.every(isSize)) {
    const [a = 0, b = 0, c = 0] = sizes;
    if (sizes.length === 1) return features(a);
    if (sizes.length === 2) return sequence(a, b);
    if (sizes.length === 3) return image(b, c, a);
  }
  return foreignValue(describeType(type, elementTypeName));
}

/** Whether a drawing can have it: beyond the safe integers a number is not the one that the file has. */
function isSize(size: number | undefined): boolean {
  return size !== undefined && size > 0 && Number.isSafeInteger(size);
}

/** A type of ours as ONNX has it, channels first; `undefined` for what only a file knows. */
export function typeProtoOf(type: TensorType): TypeProto | undefined {
  if (type.foreign !== undefined) return undefined;
  const axes = isImage(type) ? [2, 0, 1].map((i) => type.axes[i]) : type.axes;
  const sizes = axes.map((axis) => {
    const size = axis?.size ?? null;
    return size === null ? {} : { value: { case: 'dimValue' as const, value: BigInt(size) } };
  });
  const examples = { value: { case: 'dimParam' as const, value: EXAMPLES } };
  const dim = kindOf(type) === 'table' ? sizes : [examples, ...sizes];
  const elemType = kindOf(type) === 'tokens' ? elementTypes.int64 : elementTypes.float32;
  return create(TypeProtoSchema, { value: { case: 'tensorType', value: { elemType, shape: { dim } } } });
}

/** A type of ours in the words that a file's types are told in. */
export function wordsFor(type: TensorType): string {
  return type.foreign ?? describeType(typeProtoOf(type), elementTypeName);
}
