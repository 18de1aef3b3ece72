import type { z } from 'zod';
import type { OpDefinition } from '../../core/opDefinition.ts';
import type { TensorType } from '../../core/shape.ts';
import type { Call, Expression } from './pythonCode.ts';

/** Where a weight of ours lives in the module, and how its axes are laid out there. */
export interface SourceWeight {
  /** Below the module: `weight`, or `layer.weight`. */
  readonly parameter: string;
  /** As `numpy.transpose`. */
  readonly permutation?: readonly number[];
  /** Sizes there, where they are not those of the permuted weight. */
  readonly dims?: readonly number[];
}

/** One op in a framework: a module where it has weights or state, and what the class says when it is called. */
export interface SourceOp {
  readonly module?: Call;
  readonly weights?: Readonly<Record<string, SourceWeight>>;
  /** One expression, or one for each output; the call of the module with the first input where left out. */
  readonly forward?: Expression | Readonly<Record<string, Expression>>;
  /** Parts of the shared source that it needs. */
  readonly runtime?: readonly string[];
}

export interface SourceContext<Parameters> {
  readonly parameters: Parameters;
  /** Types of what is connected, by port. */
  readonly types: Readonly<Record<string, TensorType>>;
  readonly outputs: Readonly<Record<string, TensorType>>;
  /** Python names of what is connected, by port; `None` for an optional port that nothing feeds. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The module's attribute, such as `self.conv1`. */
  readonly module: string;
}

export type EmitSource = (context: SourceContext<never>) => SourceOp;

/** An op's type with how it is written; parameters are typed as the op declares them. */
export function writtenAs<Schema extends z.ZodObject>(
  op: Pick<OpDefinition<Schema>, 'type' | 'parameters'>,
  emit: (context: SourceContext<z.output<Schema>>) => SourceOp,
): readonly [string, EmitSource] {
  return [op.type, emit];
}
