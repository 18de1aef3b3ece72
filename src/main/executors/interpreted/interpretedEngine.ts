import type { PassName } from '../../../graph-engine/program/passes/index.ts';
import type {
  AttributesOf,
  InputsOf,
  OutputsOf,
  PrimitiveName,
} from '../../../graph-engine/program/primitives/index.ts';
import type { ElementType, Value } from '../../../graph-engine/program/program.ts';
import type { TensorData } from '../compiledProgram.ts';

/** What a tensor on the device is, the batch known. One of a narrow float is held as float32 that has been rounded. */
export interface TensorShape {
  readonly dims: readonly number[];
  readonly dtype: ElementType;
}

type TensorsOf<Values extends readonly Value[], T> = { readonly [Index in keyof Values]: T };
type ShapesOf<Values extends readonly Value[]> = { readonly [Index in keyof Values]: TensorShape };

/** The variables of a program, on the device. */
export interface DeviceVariables<T> {
  /** The tensor of a variable; it stays the variable's. */
  read(name: string): T;
  /** Makes `tensor` the variable's, and disposes what the variable had unless it is the same. */
  write(name: string, tensor: T): void;
}

/** What a kernel may use. */
export interface KernelCall<Name extends PrimitiveName, T> {
  /** They stay the caller's; what has the batch in its shape or not is told apart in `inputShapes` alone. */
  readonly inputs: TensorsOf<InputsOf<Name>, T>;
  readonly inputShapes: ShapesOf<InputsOf<Name>>;
  readonly attributes: AttributesOf<Name>;
  /** The shapes that the outputs have at run time. */
  readonly outputShapes: ShapesOf<OutputsOf<Name>>;
  readonly variables: DeviceVariables<T>;
}

/**
 * Computes a primitive on the device. The outputs are new handles, each of which the caller disposes once; where one shares the
 * memory of an input it must come from `share`.
 */
export type Kernel<Name extends PrimitiveName, T> = (call: KernelCall<Name, T>) => readonly T[];

/** What the interpreting executor does itself, with the handles alone. */
export type HandledPrimitive = 'constant' | 'readVariable' | 'readUpdatedVariable' | 'after' | 'reshape' | 'assign';

/** The primitives that an engine computes. */
export type ComputedPrimitive = Exclude<PrimitiveName, HandledPrimitive>;

/** Kernels of a family, or of all primitives: `satisfies Kernels<T, ...>` lists what is missing. */
export type Kernels<T, Name extends ComputedPrimitive = ComputedPrimitive> = { readonly [N in Name]: Kernel<N, T> };

/** Kernels without outputs that compute many calls at once: each call may come with those that follow it in an entry. */
export type JointKernels<T> = {
  readonly [N in ComputedPrimitive]?: (calls: readonly [KernelCall<N, T>, ...KernelCall<N, T>[]]) => void;
};

/** What one call told the device. */
export interface Recording {
  /** Of the memory that it keeps for itself. */
  readonly bytes: number;
  /** Whether it can be played more than once. */
  readonly again: boolean;
  /** Has it happen, on the same tensors. */
  play(): void;
  dispose(): void;
}

/** Keeps what calls tell the device. */
export interface Recorder<T> {
  /** A tensor on the device with values still to come. */
  room(shape: TensorShape): T;
  /** Gives it values, after all that was played before. */
  fill(room: T, data: TensorData): void;
  /** What `work` has kernels do: none of it happens before it is played. */
  record(work: () => void): Recording;
  /** What is the same for tensors in the same memory. */
  memoryOf(tensor: T): object;
  /** Copies the values of a tensor into the memory of another. */
  copy(from: T, to: T): void;
}

/**
 * A device that programs are interpreted on, one kernel call for each instruction. `T` is its handle of a tensor. Everything but
 * `read` returns at once; a device that computes later keeps the order of the calls.
 */
export interface InterpretedEngine<T> {
  /** For people, such as `WebAssembly`. */
  readonly name: string;
  /** Threads that one operation may use. */
  readonly threads: number;
  /** A tensor with a copy of the values. */
  upload(data: TensorData, shape: TensorShape): T;
  /** A copy of the values; later writes to the memory do not reach it. */
  read(tensor: T, shape: TensorShape, later?: 'later'): Promise<TensorData>;
  /** Another handle of the same memory, of a shape of the same size. */
  share(tensor: T, shape: TensorShape): T;
  /** Lets go of a handle; the memory is free when its last handle is. */
  dispose(tensor: T): void;
  /** A float32 tensor rounded to the nearest values of the narrow float that the shape says, as a new handle. */
  narrow(tensor: T, shape: TensorShape): T;
  readonly kernels: Kernels<T>;
  /** Of primitives that are better computed for many variables together than for one; `kernels` has them too. */
  readonly together?: JointKernels<T>;
  /** What rewrites each entry for this engine, beside the passes that help all. */
  readonly passes?: readonly PassName[];
  /** Handles that are alive on the device, for tests and for people; constant from step to step. */
  liveTensors(): number;
  /** Called after the kernels of one call of an entry and what is read of it: where a device must be set going. */
  flush?(): void;
  /** Where what a call tells the device can be kept and told again. */
  readonly recorder?: Recorder<T>;
  /** On a device that computes beside the processor: what is read `later` is read now, in one piece. */
  settle?(): void;
  /** Frees the device itself. */
  close(): void;
}
