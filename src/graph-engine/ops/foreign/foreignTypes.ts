import type { TensorType } from '../../core/shape.ts';
import { elementTypeName } from '../../sources/onnx/elementTypes.ts';
import type { GraphProto } from '../../targets/protobuf/generated/onnx_pb.js';
import { describeType } from './foreignBody.ts';
import { inferForeign } from './inferForeign.ts';
import { ownType, wordsFor } from './ownType.ts';

interface Ports {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The types at the outputs of an operator that was kept: those of the file while what comes in is as it was there. */
export function foreignTypes(
  body: GraphProto | undefined,
  domain: string,
  { inputs, outputs }: Ports,
  given: Readonly<Record<string, TensorType | undefined>>,
): Readonly<Record<string, TensorType>> {
  const types = inputs.map((port) => given[port]);
  const isAsInFile = types.every((type, i) => {
    const told = describeType(body?.input[i]?.type, elementTypeName);
    return type === undefined || told === wordsFor(type);
  });
  if (!isAsInFile && body !== undefined) {
    const found = inferForeign(body, domain, types);
    return Object.fromEntries(outputs.map((port, i) => [port, found[i] ?? ownType(undefined)]));
  }
  return Object.fromEntries(outputs.map((port, i) => [port, ownType(body?.output[i]?.type)]));
}
