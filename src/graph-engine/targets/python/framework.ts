import type { TensorType } from '../../core/shape.ts';
import type { EmitSource } from './sourceOp.ts';

/** What Python frameworks have different names and habits for when a network is written as classes. */
export interface Framework {
  readonly title: string;
  /** Base classes of a block and of the network. */
  readonly blockBase: string;
  readonly networkBase: string;
  /** The method that says what a class does with its inputs. */
  readonly forward: string;
  /** What every constructor takes beside its own parameters and hands to the base class. */
  readonly passedOn: string;
  /** A module that hands its input on. */
  readonly identity: string;
  /** Names that no attribute or variable may take. */
  readonly taken: ReadonlySet<string>;
  emitterOf(op: { readonly type: string; readonly family: string }): EmitSource | undefined;
  /** Modules to be called one after the other. */
  chain(items: readonly string[]): string;
  /** Whether a chain can itself be called; else a loop calls its modules. */
  readonly isChainCalled: boolean;
  /** Modules that a loop calls. */
  list(items: readonly string[]): string;
  zerosLike(variable: string): string;
  /** Zeros for as many examples as `reference` has. */
  zeros(reference: string, sizes: readonly number[], dtype: 'float32' | 'int32'): string;
  /** The order of a type's axes in memory, counted without the batch. */
  axisOrder(type: TensorType): readonly number[];
  /** What the method of the network takes behind its inputs. */
  readonly networkTakes: readonly string[];
  /** How a network of several inputs takes them: one after the other, or as one value that is unpacked. */
  readonly unpacksInputs: boolean;
}
