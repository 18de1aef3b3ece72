import type { z } from 'zod';
import type { OpDefinition } from '../../core/opDefinition.ts';
import { writtenAs, type EmitSource, type SourceContext, type SourceOp } from '../python/sourceOp.ts';
import type { RuntimePart } from './runtime.ts';

/** One op in PyTorch. */
export interface PytorchOp extends SourceOp {
  readonly runtime?: readonly RuntimePart[];
}

/** An op's type with how it is written in PyTorch; parameters are typed as the op declares them. */
export function inPytorch<Schema extends z.ZodObject>(
  op: Pick<OpDefinition<Schema>, 'type' | 'parameters'>,
  emit: (context: SourceContext<z.output<Schema>>) => PytorchOp,
): readonly [string, EmitSource] {
  return writtenAs(op, emit);
}
