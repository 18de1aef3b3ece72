import type { EngineDevice } from '../../../contract/engines.ts';
import type { HostProblem } from '../../../contract/contract.ts';
import type { Program } from '../../../graph-engine/program/program.ts';
import type { CompileOptions, NamedTensors } from '../compiledProgram.ts';

/** One end of a channel to an executor that lives elsewhere: in a page, behind another process. */
export interface ExecutorPort {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
  /** Called once when the other end is gone, and at once where it is gone already. */
  onClose(listener: (reason: string) => void): void;
  close(): void;
}

/** What is asked of an executor; each request has a number, and exactly one reply with the same. */
export type ExecutorRequest =
  | { readonly kind: 'open' }
  | { readonly kind: 'compile'; readonly program: Program; readonly options: CompileOptions }
  | {
      readonly kind: 'run';
      readonly compiled: number;
      readonly entry: string;
      readonly feeds: NamedTensors;
      readonly fetches: readonly string[] | undefined;
      /** Whether its values may come with the next `settle`. */
      readonly queued: boolean;
    }
  | { readonly kind: 'read'; readonly compiled: number; readonly names: readonly string[] | undefined }
  | { readonly kind: 'write'; readonly compiled: number; readonly values: NamedTensors }
  | { readonly kind: 'dispose'; readonly compiled: number }
  | { readonly kind: 'close' };

/** What an executor says of itself when it is open. */
export interface ExecutorDescription {
  readonly name: string;
  readonly threads: number;
  readonly device: EngineDevice | undefined;
  readonly roomForData: number | undefined;
}

/** What comes back for each kind of request. */
export interface ExecutorReplies {
  readonly open: ExecutorDescription;
  readonly compile: {
    readonly compiled: number;
    /** Whether it has a queue. */
    readonly queues: boolean;
  };
  readonly run: NamedTensors;
  readonly read: NamedTensors;
  readonly write: undefined;
  readonly dispose: undefined;
  readonly close: undefined;
}

/** What goes to the executor: a request, or that what was queued so far for a program is wanted now, which nobody answers. */
export type ExecutorMessage =
  { readonly number: number; readonly request: ExecutorRequest } | { readonly settle: number };

/** An answer on its way: a value, why the engine failed, a problem in words for the user, or a bug with its stack. */
export type NumberedReply = { readonly number: number } & (
  | { readonly value: ExecutorReplies[keyof ExecutorReplies] }
  | {
      readonly engineFailure: { readonly engine: string; readonly detail: string; readonly origin: string | undefined };
    }
  | { readonly problem: HostProblem }
  | { readonly bug: string }
);

/** What comes back: all answers that were ready at the same time. */
export type ExecutorAnswers = readonly NumberedReply[];
