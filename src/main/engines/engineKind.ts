import type { Answer } from '../../contract/contract.ts';
import type { EngineDevice, EngineId } from '../../contract/engines.ts';
import type { Executor } from '../executors/compiledProgram.ts';

/** What can be known of an engine without loading anything of it that could crash. */
export interface EngineLocation {
  /** Of the engine or of the library it is made of. */
  readonly version: string;
  /** Changes with everything that a measurement of the engine depends on, such as versions of libraries and drivers. */
  readonly fingerprint: string;
  /** Variables that its process must be started with. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Graphics processors among which the user may choose. */
  readonly devices?: readonly (EngineDevice & { readonly index: string })[];
}

/** One engine: where it is, and how it is opened. One file of `kinds/` each, and one line in `engineKinds.ts`. */
export interface EngineKind {
  readonly id: EngineId;
  /** What people call it. */
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly summary: string;
  /** Finds the engine; the problem says in plain words why there is none. Cheap, and safe to call in the host. */
  locate(): Promise<Answer<EngineLocation>>;
  /** Variables that have its process compute on one of several devices. */
  chooseDevice?(index: string): Readonly<Record<string, string>>;
  /**
   * Loads it into this process, which must be one that may die. `Executor.device` says what it computes on. Throws a
   * `HostFailure` that says what is missing.
   */
  open(): Promise<Executor>;
}
