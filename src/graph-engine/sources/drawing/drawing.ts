import type { OpDefinition } from '../../core/opDefinition.ts';
import { isImage, isSequence, kindOf, type TensorType } from '../../core/shape.ts';
import type { ParameterValue } from '../../document/schema.ts';
import { opNamed } from '../../ops/index.ts';
import type { Bound, DrawnNode, DrawnWeight, Origin } from './drawnNode.ts';
import { isSameView, plainView, viewedDims } from './view.ts';

/** Small sizes that shapes and constants are worked out with; what differs between the two depends on the batch. */
export const BATCHES = [2, 3] as const;

/** A drawing that comes into being out of a file. */
export class Drawing {
  readonly nodes: DrawnNode[] = [];
  readonly batches: readonly [number, number];
  /** The node of the file that is being drawn. */
  #from: Origin | undefined;

  constructor(batches: readonly [number, number] = BATCHES) {
    this.batches = batches;
  }

  /** Draws with all that was drawn taken back where it does not come to a good end. */
  attempt(from: Origin, draw: () => boolean): boolean {
    const count = this.nodes.length;
    const before = this.#from;
    this.#from = from;
    try {
      if (draw()) return true;
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
