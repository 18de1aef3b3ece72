import type { SkipwireDocument } from '../schema.ts';

/** A named edit: data in, one change of the document out. It touches no view and reads no clock. */
export interface Command<Arguments> {
  readonly name: string;
  /** What the undo menu says. */
  readonly label: string;
  /** Changes an immer draft. Throws only on a caller's bug, such as an id that does not exist. */
  run(document: SkipwireDocument, args: Arguments): void;
}

/** Declares a command; an identity function that infers its arguments. */
export function defineCommand<Arguments>(command: Command<Arguments>): Command<Arguments> {
  return command;
}
