import { blockPorts } from '../../document/blockPorts.ts';
import type { BlockId, NodeId } from '../../document/schema.ts';
import type { InferredNode } from '../../infer/inferredGraph.ts';
import { opNamed } from '../../ops/index.ts';
import { familyOf, isPassed, nodesIn, type BlockUses, type Use } from './blockUses.ts';
import type { Framework } from './framework.ts';
import { sameStructure, sameText } from './parameterize.ts';
import type { Call, Expression } from './pythonCode.ts';
import { createNames, snakeCase } from './pythonNames.ts';
import type { SourceOp } from './sourceOp.ts';

/** What a node is in one use: nothing where it is bypassed. */
export type Emitted =
  | { readonly kind: 'bypassed' }
  | { readonly kind: 'muted' }
  | { readonly kind: 'op'; readonly op: SourceOp }
  | { readonly kind: 'block'; readonly calls: readonly Call[]; readonly repeated: boolean };

/** Names inside one class. */
export interface Frame {
  /** Bypassed in every use: nothing is written, the value goes by. */
  readonly passed: ReadonlySet<NodeId>;
  readonly attributes: ReadonlyMap<NodeId, string>;
  /** Python variable of each output, by `node.port`. */
  readonly variables: Map<string, string>;
  /** Outputs that something takes, by `node.port`. */
  readonly read: ReadonlySet<string>;
}

/** Writes nodes with the names of a class. */
export interface NodeEmitter {
  /** Names for a class that serves these uses. */
  frameOf(uses: readonly Use[]): Frame;
  /** Variables that feed a node, by port. */
  inputsOf(node: InferredNode, frame: Frame): Readonly<Record<string, string>>;
  /** The variable that a bypass of the node would pass on. */
  firstOf(node: InferredNode, frame: Frame): string | undefined;
  emit(node: InferredNode, frame: Frame): Emitted;
}

/** `callOf` says how one use of a block, which was written before, is made. */
export function createNodeEmitter(
  framework: Framework,
  { definitionOf, usesOf }: BlockUses,
  callOf: (block: BlockId, use: Use) => Call,
): NodeEmitter {
  function firstSource(node: InferredNode): string {
    const port =
      'op' in node.node ? Object.keys(node.inputs)[0] : blockPorts(definitionOf(node.node.block).graph).inputs[0]?.name;
    const source = port === undefined ? undefined : node.node.inputs[port];
    return source === undefined ? '' : `${source.node}.${source.port}`;
  }

  function frameOf(uses: readonly Use[]): Frame {
    const names = createNames(framework.taken);
    const attributes = new Map<NodeId, string>();
    const passed = new Set<NodeId>();
    const [model] = uses;
    if (model === undefined) throw new Error('A block without a use is not written');
    for (const node of nodesIn(model)) attributes.set(node.id, names.take(snakeCase(node.name)));
    for (const id of model.inferred.order) {
      if (uses.every((use) => isPassed(use.inferred.nodes.get(id)))) passed.add(id);
    }
    const variables = new Map<string, string>();
    for (const node of nodesIn(model)) {
      const attribute = attributes.get(node.id) ?? '';
      const ports = Object.keys(node.outputs);
      const alias = passed.has(node.id) ? variables.get(firstSource(node)) : undefined;
      for (const port of ports) {
        const own = ports.length === 1 ? attribute : `${attribute}_${snakeCase(port)}`;
        variables.set(`${node.id}.${port}`, alias ?? own);
      }
      aliasPlainValues(node, variables);
    }
    const read = nodesIn(model).flatMap(({ node }) =>
      Object.values(node.inputs).map((from) => `${from.node}.${from.port}`),
    );
    return { passed, attributes, variables, read: new Set(read) };
  }

  function inputsOf(node: InferredNode, frame: Frame): Readonly<Record<string, string>> {
    const entries = Object.entries(node.node.inputs).map(([port, source]) => {
      const variable = frame.variables.get(`${source.node}.${source.port}`);
      if (variable === undefined) throw new Error(`"${node.name}" has no value at "${port}"`);
      return [port, variable] as const;
    });
    return Object.fromEntries(entries);
  }

  function emit(node: InferredNode, frame: Frame): Emitted {
    if (node.muted) return { kind: 'muted' };
    if (isPassed(node)) return { kind: 'bypassed' };
    if ('block' in node.node) {
      const { block, repeat } = node.node;
      const calls = usesOf(node).map((use) => callOf(block, use));
      return { kind: 'block', calls, repeated: repeat !== undefined };
    }
    const definition = opNamed(node.node.op);
    const write = definition && framework.emitterOf(definition);
    if (write === undefined || node.parameters === undefined) {
      throw new Error(`The op "${node.node.op}" cannot be written in ${framework.title}`);
    }
    const known = (types: InferredNode['inputs']) =>
      Object.fromEntries(Object.entries(types).flatMap(([port, type]) => (type === undefined ? [] : [[port, type]])));
    const op = write({
      parameters: node.parameters as never,
      types: known(node.inputs),
      outputs: known(node.outputs),
      inputs: inputsOf(node, frame),
      module: `self.${frame.attributes.get(node.id) ?? ''}`,
    });
    return { kind: 'op', op };
  }

  return {
    frameOf,
    inputsOf,
    firstOf: (node, frame) => frame.variables.get(firstSource(node)),
    emit,
  };
}

/** An output op hands on its input. */
function aliasPlainValues(node: InferredNode, variables: Map<string, string>): void {
  if (node.muted || familyOf(node) !== 'output') return;
  const source = Object.values(node.node.inputs)[0];
  const variable = source && variables.get(`${source.node}.${source.port}`);
  if (variable === undefined) return;
  for (const port of Object.keys(node.outputs)) variables.set(`${node.id}.${port}`, variable);
}

/** Whether one class can serve two uses. */
export function alike(a: Emitted | undefined, b: Emitted | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  if (a.kind === 'muted' || b.kind === 'muted') return a.kind === b.kind;
  if (a.kind === 'bypassed' || b.kind === 'bypassed') return true;
  if (a.kind === 'op' && b.kind === 'op') return sameOp(a.op, b.op);
  if (a.kind !== 'block' || b.kind !== 'block') return false;
  const [first] = a.calls;
  return first !== undefined && [...a.calls, ...b.calls].every((one) => sameStructure(first, one));
}

function sameOp(a: SourceOp, b: SourceOp): boolean {
  if ((a.module === undefined) !== (b.module === undefined)) return false;
  if (a.module !== undefined && b.module !== undefined && !sameStructure(a.module, b.module)) return false;
  if (a.forward === undefined || b.forward === undefined) return a.forward === b.forward;
  const [left, right] = [portsOf(a.forward), portsOf(b.forward)];
  return [...left].every(([port, expression]) => {
    const other = right.get(port);
    return other !== undefined && sameText(expression, other);
  });
}

const ONLY = '';

function portsOf(forward: NonNullable<SourceOp['forward']>): ReadonlyMap<string, Expression> {
  return isExpression(forward) ? new Map([[ONLY, forward]]) : new Map(Object.entries(forward));
}

function isExpression(forward: NonNullable<SourceOp['forward']>): forward is Expression {
  return Array.isArray(forward);
}

/** The expressions of all uses for each output that has one. */
export function* expressionsByPort(
  ops: readonly (SourceOp | undefined)[],
  outputs: readonly string[],
): Generator<readonly [string, readonly (Expression | undefined)[]]> {
  for (const port of outputs) {
    const expressions = ops.map((op) => {
      if (op?.forward === undefined) return undefined;
      const ports = portsOf(op.forward);
      return ports.get(port) ?? ports.get(ONLY);
    });
    if (expressions.some((one) => one !== undefined)) yield [port, expressions];
  }
}
