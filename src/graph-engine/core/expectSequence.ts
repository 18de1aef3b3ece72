import { fail, ok, type Result } from './diagnostic.ts';
import { describeShape, isSequence, lastAxis, sizeOf, type TensorType } from './shape.ts';

export interface SequenceSizes {
  readonly length: number | null;
  readonly features: number | null;
}

/** The sizes of a sequence of features, or a problem naming the port. */
export function expectSequence(type: TensorType, port: string, what: string): Result<SequenceSizes> {
  if (!isSequence(type) || type.dtype !== 'float32') {
    return fail({
      code: 'shape/rank',
      port,
      message: `${what} works on sequences (sequence × features), but ${describeShape(type) || 'a single number'} comes in.`,
      expected: 'sequence × features',
      received: describeShape(type),
    });
  }
  return ok({ length: sizeOf(type, 'sequence') ?? null, features: lastAxis(type)?.size ?? null });
}
