import { BATCHES, Drawing } from '../../drawing/drawing.ts';
import type { Bound } from '../../drawing/drawnNode.ts';
import { viewedDims, withBatchApart } from '../../drawing/view.ts';
import type { Analysis } from '../analyseModel.ts';
import type { ConstantTensor, Numbers } from '../constantTensor.ts';
import { isFloating } from '../elementTypes.ts';
import { numbersOf, UNKNOWN, type Fact } from '../facts.ts';
import type { SourceNode } from '../sourceModel.ts';

/** Draws what a node of the file means; false where it is none of ours. */
export type Mapper = (node: SourceNode, mapping: Mapping) => boolean;

/** The drawing that comes into being, and what is known about the file. */
export class Mapping extends Drawing {
  readonly #bound = new Map<string, Bound>();
  readonly #makers = new Map<string, SourceNode>();
  readonly #users = new Map<string, SourceNode[]>();
  readonly analysis: Analysis;

  constructor(analysis: Analysis, outputs: readonly string[]) {
    const fixed = analysis.fixedBatch;
    super(fixed === null ? BATCHES : [fixed, fixed]);
    this.analysis = analysis;
    for (const node of analysis.nodes) {
      for (const name of node.outputs) if (name !== '') this.#makers.set(name, node);
      for (const name of new Set(node.inputs)) this.#users.set(name, [...(this.#users.get(name) ?? []), node]);
    }
    this.outputs = new Set(outputs);
  }

  /** Values that the model gives out. */
  readonly outputs: ReadonlySet<string>;

  fact(name: string | undefined): Fact {
    return this.analysis.small.get(name ?? '') ?? UNKNOWN;
  }

  /** The dims of a value at both sizes of the batch. */
  dims(name: string | undefined): readonly [readonly number[], readonly number[]] | undefined {
    const [small, large] = [this.fact(name).dims, this.analysis.large.get(name ?? '')?.dims];
    return small === undefined || large === undefined ? undefined : [small, large];
  }

  /** A constant that is the same for every batch. */
  constant(name: string | undefined): ConstantTensor | undefined {
    const [small, large] = [this.fact(name).constant, this.analysis.large.get(name ?? '')?.constant];
    if (small === large || small === undefined || large === undefined) return small;
    if (small.dims.join() !== large.dims.join()) return undefined;
    const [a, b] = [small.numbers(), large.numbers()];
    return a !== undefined && b !== undefined && a.every((value, i) => Object.is(value, b[i])) ? small : undefined;
  }

  /** Numbers of a constant of floats, for a weight. */
  floats(name: string | undefined): { readonly dims: readonly number[]; readonly values: () => Numbers } | undefined {
    const constant = this.constant(name);
    if (constant === undefined || !isFloating(constant.elementType)) return undefined;
    return { dims: constant.dims, values: () => constant.numbers() ?? new Float32Array() };
  }

  /** The only number of a constant. */
  scalar(name: string | undefined): number | undefined {
    const constant = this.constant(name);
    if (constant === undefined || constant.dims.some((size) => size !== 1)) return undefined;
    return constant.numbers()?.[0];
  }

  /** The numbers of a small constant. */
  numbers(name: string | undefined): readonly number[] | undefined {
    const constant = this.constant(name);
    return constant === undefined ? undefined : numbersOf({ elementType: 0, dims: constant.dims, constant });
  }

  /** The node that makes a value. */
  maker(name: string | undefined, ...opTypes: readonly string[]): SourceNode | undefined {
    const node = this.#makers.get(name ?? '');
    if (node === undefined || node.domain !== '') return undefined;
    return opTypes.length === 0 || opTypes.includes(node.opType) ? node : undefined;
  }

  /** The nodes that use a value. */
  users(name: string | undefined): readonly SourceNode[] {
    return this.#users.get(name ?? '') ?? [];
  }

  bound(name: string | undefined): Bound | undefined {
    return this.#bound.get(name ?? '');
  }

  /** Says which value of the drawing stands for one of the file; false where their sizes differ. */
  bind(name: string | undefined, found: Bound | undefined): boolean {
    if (name === undefined || found === undefined) return false;
    // Of one example it cannot be told which axis of one place is the batch.
    const bound = this.analysis.fixedBatch === 1 ? { ...found, view: withBatchApart(found.view) } : found;
    const dims = this.dims(name);
    if (dims !== undefined) {
      const fits = this.batches.every(
        (batch, i) => viewedDims(bound.type, bound.view, batch)?.join() === dims[i]?.join(),
      );
      if (!fits) return false;
    }
    this.#bound.set(name, bound);
    return true;
  }

  /** Says so whatever is known about sizes. */
  rebind(name: string, bound: Bound): void {
    this.#bound.set(name, bound);
  }
}
