import type { Value, Variable } from '../program.ts';

/** A trainable variable and the gradient of the loss for it. */
export interface Update {
  readonly variable: Variable;
  readonly gradient: Value;
}
