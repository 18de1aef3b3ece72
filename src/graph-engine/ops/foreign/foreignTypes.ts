import { features, foreignValue, image, sequence, type TensorType } from '../../core/shape.ts';
import { elementTypeName, elementTypes } from '../../sources/onnx/elementTypes.ts';
import type { GraphProto, TypeProto } from '../../targets/protobuf/generated/onnx_pb.js';
import { describeType } from './foreignBody.ts';

interface Ports {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Name of the axis of examples in the types that bodies hold. */
export const EXAMPLES = 'batch';

/** The types at the outputs of an operator that was kept. */
export function foreignTypes(
  body: GraphProto | undefined,
  _domain: string,
  { outputs }: Ports,
  _given: Readonly<Record<string, TensorType | undefined>>,
): Readonly<Record<string, TensorType>> {
  return Object.fromEntries(outputs.map((port, i) => [port, ownType(body?.output[i]?.type)]));
}

/** The type of ours that a type of ONNX is: batches of features, sequences and images are known here, nothing else. */
export function ownType(type: TypeProto | undefined): TensorType {
  const known = type?.value.case === 'tensorType' ? type.value.value : undefined;
  const dims = known?.shape?.dim ?? [];
  const [first, ...rest] = dims;
  const isBatch = first?.value.case === 'dimParam' && first.value.value === EXAMPLES;
  const sizes = rest.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : undefined));
  if (known?.elemType === elementTypes.float32 && isBatch && sizes.every((size) => size !== undefined && size > 0)) {
    const [a = 0, b = 0, c = 0] = sizes;
    if (sizes.length === 1) return features(a);
    if (sizes.length === 2) return sequence(a, b);
    if (sizes.length === 3) return image(b, c, a);
  }
  return foreignValue(describeType(type, elementTypeName));
}
