import type { EngineDevice } from '../../contract/engines.ts';
import type { PassName } from '../../graph-engine/program/passes/index.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import type { ResidentTable } from '../../graph-engine/program/residentTables.ts';

export type TensorData = Float32Array | Int32Array;

/** Values by name, flat and in row-major order. Shapes are the program's; the batch follows from the length of a feed. */
export type NamedTensors = Readonly<Record<string, TensorData>>;

/** A program in the memory of an engine, with variables of its own. Calls run one after another, in order. */
export interface CompiledProgram {
  readonly program: Program;
  /**
   * Runs an entry: every input of the entry is fed, and the named outputs come back, or all but those on demand. The effects of the entry
   * happen whatever is fetched. Throws an `EngineError` when the engine fails; the program is then dead.
   */
  run(entry: string, feeds: NamedTensors, fetches?: readonly string[]): Promise<Record<string, TensorData>>;
  /**
   * Where the device computes beside the processor: `run` as above, but its values come with the next `settle`, those of all
   * calls since the last one in one piece. The feeds may be used again at once.
   */
  readonly queue?: { readonly run: CompiledProgram['run']; settle(): void };
  /** Copies of the variables, or of the named ones; several may lie in one buffer. */
  readVariables(names?: readonly string[]): Promise<Record<string, TensorData>>;
  /** Sets the named variables. All variables have their initial values from the start. */
  writeVariables(values: NamedTensors): Promise<void>;
  /** Frees everything; later calls throw. */
  dispose(): Promise<void>;
}

export interface CompileOptions {
  /** Of the initial values. */
  readonly seed: number;
  /** Compares the engine with the reference interpreter where the program is small enough for it; on by default. */
  readonly selfCheck?: boolean;
  /** What the engine rewrites each entry with before it runs it; the passes that help this engine when left out. */
  readonly passes?: readonly PassName[];
  /** Of a program that takes samples from tables. */
  readonly tables?: GivenTables;
}

/** Samples that are put into the tables of a program before anything else. */
export interface GivenTables {
  /** The same program, fed with samples. */
  readonly fed: Program;
  readonly tables: readonly (ResidentTable & { readonly data: TensorData })[];
}

/** An engine that programs are compiled for. */
export interface Executor {
  /** For people, such as `TensorFlow 2.21.0`. */
  readonly name: string;
  /** Threads that one operation may use. */
  readonly threads: number;
  /** What it computes on; the processor of this machine when left out. */
  readonly device?: EngineDevice;
  /** Bytes of a data set that had better be kept on the device; left out where samples cost nothing to feed. */
  readonly roomForData?: number;
  compile(program: Program, options: CompileOptions): Promise<CompiledProgram>;
  /** Disposes every program that is still there. */
  dispose(): Promise<void>;
}
