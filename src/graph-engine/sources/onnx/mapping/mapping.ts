import type { OpDefinition } from '../../../core/opDefinition.ts';
import { isImage, isSequence, kindOf, type TensorType } from '../../../core/shape.ts';
import type { ParameterValue } from '../../../document/schema.ts';
import { opNamed } from '../../../ops/index.ts';
import { BATCHES, type Analysis } from '../analyseModel.ts';
import type { ConstantTensor, Numbers } from '../constantTensor.ts';
import { isFloating } from '../elementTypes.ts';
import { numbersOf, UNKNOWN, type Fact } from '../facts.ts';
import type { SourceNode } from '../sourceModel.ts';
import { isSameView, plainView, viewedDims, withBatchApart, type View } from './view.ts';

/** An output of a drawn node. */
export interface Source {
  readonly node: DrawnNode;
  readonly port: string;
}

/** A value of the drawing that stands for one of the file. */
export interface Bound {
  readonly source: Source;
  readonly type: TensorType;
  readonly view: View;
}

/** A weight in the layout of ours; its values are laid out when they are asked for. */
export interface DrawnWeight {
  readonly dims: readonly number[];
  readonly values: () => Float32Array;
}

/** A node of the drawing before it has a name. */
export interface DrawnNode {
  readonly op: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly inputs: Readonly<Record<string, Source>>;
  readonly types: Readonly<Record<string, TensorType>>;
  readonly weights: Readonly<Record<string, DrawnWeight>>;
  /** The node of the file that it stands for. */
  readonly from: SourceNode | undefined;
  /** What it should be called where the file does not say. */
  readonly hint: string | undefined;
}

/** Draws what a node of the file means; false where it is none of ours. */
export type Mapper = (node: SourceNode, mapping: Mapping) => boolean;

/** The drawing that comes into being, and what is known about the file. */
export class Mapping {
  readonly nodes: DrawnNode[] = [];
  readonly #bound = new Map<string, Bound>();
  readonly #makers = new Map<string, SourceNode>();
  readonly #users = new Map<string, SourceNode[]>();
  readonly analysis: Analysis;
  readonly batches: readonly [number, number];
  /** The node that is being drawn. */
  #from: SourceNode | undefined;

  constructor(analysis: Analysis, outputs: readonly string[]) {
    this.analysis = analysis;
    const fixed = analysis.fixedBatch;
    this.batches = fixed === null ? BATCHES : [fixed, fixed];
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

  /** Draws with all that was drawn taken back where it does not come to a good end. */
  attempt(from: SourceNode, mapper: Mapper): boolean {
    const count = this.nodes.length;
    const before = this.#from;
    this.#from = from;
    try {
      if (mapper(from, this)) return true;
      this.nodes.length = count;
      return false;
    } finally {
      this.#from = before;
    }
  }

  /** Adds a node, and returns its outputs; `undefined` where the op would refuse it. */
  draw(
    type: string,
    parameters: Readonly<Record<string, ParameterValue>>,
    inputs: Readonly<Record<string, Bound>>,
    weights: Readonly<Record<string, DrawnWeight>> = {},
    hint?: string,
  ): Readonly<Record<string, Bound>> | undefined {
    const op = opNamed(type);
    if (op === undefined) throw new Error(`There is no op "${type}"`);
    const types = inferred(op, parameters, inputs, weights);
    if (types === undefined) return undefined;
    const node: DrawnNode = {
      op: type,
      parameters: withoutDefaults(op, parameters),
      inputs: Object.fromEntries(Object.entries(inputs).map(([port, { source }]) => [port, source])),
      types,
      weights,
      from: this.#from,
      hint,
    };
    this.nodes.push(node);
    return Object.fromEntries(
      Object.entries(types).map(([port, own]) => [
        port,
        { source: { node, port }, type: own, view: plainView(own) } satisfies Bound,
      ]),
    );
  }

  /** Adds a node of one output. */
  one(
    type: string,
    parameters: Readonly<Record<string, ParameterValue>>,
    inputs: Readonly<Record<string, Bound>>,
    weights: Readonly<Record<string, DrawnWeight>> = {},
    hint?: string,
  ): Bound | undefined {
    const outputs = this.draw(type, parameters, inputs, weights, hint);
    return outputs === undefined ? undefined : Object.values(outputs)[0];
  }

  /** A node that changes each number by itself: what came in is seen as it was. */
  each(type: string, x: Bound, parameters: Readonly<Record<string, ParameterValue>> = {}): Bound | undefined {
    const y = this.one(type, parameters, { input: x });
    return y === undefined ? undefined : { ...y, view: x.view };
  }

  /** The value laid out as exports would write what the file has, by nodes where it must be. */
  plain(x: Bound | undefined): Bound | undefined {
    if (x === undefined) return undefined;
    if (isSameView(x.view, plainView(x.type))) return x;
    const [first] = x.view;
    if (first?.length !== 1 || first[0] !== 0) return undefined;
    if (isPixelSequence(x)) return this.one('imageToSequence', {}, { input: x });
    if (isRowSequence(x)) return this.one('imageToSequence', { positions: 'rows' }, { input: x });
    const sorted = this.#sorted(x);
    if (sorted === undefined) return undefined;
    if (isSameView(sorted.view, plainView(sorted.type))) return sorted;
    const dims = viewedDims(sorted.type, sorted.view, this.batches[0])?.slice(1);
    if (dims?.length === 1) {
      const all = sorted.view[1]?.length === sorted.type.axes.length;
      return all ? this.one('flatten', {}, { input: sorted }) : undefined;
    }
    const [a = 0, b = 0, c = 0] = dims ?? [];
    if (dims?.length === 2) return this.one('reshape', { to: 'sequence', length: a, features: b }, { input: sorted });
    if (dims?.length === 3) {
      return this.one('reshape', { to: 'image', channels: a, height: b, width: c }, { input: sorted });
    }
    return undefined;
  }

  /** The value with its axes in the order in which the file has them. */
  #sorted(x: Bound): Bound | undefined {
    const names = isImage(x.type) ? (['channels', 'height', 'width'] as const) : (['sequence', 'features'] as const);
    let current = x;
    let order = x.view.flat();
    for (let wanted = 1; wanted < order.length; wanted++) {
      const other = order[wanted] ?? wanted;
      if (other === wanted) continue;
      // The axis that belongs here changes places with the one that is here.
      const [first, second] = [names[wanted - 1], names[other - 1]];
      if (first === undefined || second === undefined || x.type.axes.length < 2) return undefined;
      const swapped = this.one('permute', { first, second }, { input: current });
      if (swapped === undefined) return undefined;
      current = swapped;
      order = order.map((axis) => (axis === wanted ? other : axis === other ? wanted : axis));
    }
    let next = 0;
    return { ...current, view: x.view.map((axes) => axes.map(() => order[next++] ?? 0)) };
  }
}

/** Whether an image is seen as a sequence of its pixels. */
function isPixelSequence({ type, view }: Bound): boolean {
  return isImage(type) && JSON.stringify(view) === '[[0],[2,3],[1]]';
}

/** Whether an image is seen as a sequence of its rows, channel by channel. */
function isRowSequence({ type, view }: Bound): boolean {
  return isImage(type) && JSON.stringify(view) === '[[0],[2],[1,3]]';
}

/** Whether a value is a plain image. */
export function isPlainImage(x: Bound | undefined): x is Bound {
  return x !== undefined && isImage(x.type) && isSameView(x.view, plainView(x.type));
}

/** Whether a value is a sequence whose features come before its positions, as convolutions have it. */
export function isFeaturesFirst(x: Bound | undefined): x is Bound {
  return x !== undefined && isSequence(x.type) && isSameView(x.view, [[0], [2], [1]]);
}

function inferred(
  op: OpDefinition,
  parameters: Readonly<Record<string, ParameterValue>>,
  inputs: Readonly<Record<string, Bound>>,
  weights: Readonly<Record<string, DrawnWeight>>,
): Readonly<Record<string, TensorType>> | undefined {
  const parsed = op.parameters.safeParse(parameters);
  if (!parsed.success) return undefined;
  const types = Object.fromEntries(Object.entries(inputs).map(([port, { type }]) => [port, type]));
  const accepted = (port: string, type: TensorType): boolean =>
    (op.accepts?.[port] ?? ['numbers']).includes(kindOf(type));
  if (!Object.entries(types).every(([port, type]) => accepted(port, type))) return undefined;
  const context = { parameters: parsed.data, inputs: types };
  const result = op.infer(context);
  if (!result.ok) return undefined;
  const specs = Object.entries(op.weights?.(context) ?? {}).flatMap(([name, spec]) =>
    spec === undefined ? [] : [[name, spec.dims.join()] as const],
  );
  const fits = specs.every(([name, dims]) => weights[name]?.dims.join() === dims);
  return fits && specs.length === Object.keys(weights).length ? result.value : undefined;
}

/** Parameters that say something: those that are as they would be anyway are left out. */
function withoutDefaults(
  op: OpDefinition,
  parameters: Readonly<Record<string, ParameterValue>>,
): Readonly<Record<string, ParameterValue>> {
  const defaults = op.parameters.safeParse({});
  const plain: Readonly<Record<string, unknown>> = defaults.success ? defaults.data : {};
  const parsed: Readonly<Record<string, unknown>> = op.parameters.parse(parameters);
  return Object.fromEntries(
    Object.entries(parameters).filter(
      ([name]) => !Object.hasOwn(plain, name) || JSON.stringify(plain[name]) !== JSON.stringify(parsed[name]),
    ),
  );
}
