import { blockPorts } from '../../document/blockPorts.ts';
import type { Graph } from '../../document/schema.ts';
import type { TensorType } from '../../core/shape.ts';
import type { InferredNode } from '../../infer/inferredGraph.ts';
import { familyOf, isWritten, nodesIn, type BlockUses, type Use } from './blockUses.ts';
import { expressionsByPort, type Emitted, type Frame, type NodeEmitter } from './emitNode.ts';
import type { Framework } from './framework.ts';
import type { ConstructorParameter, Mentioned, Parameterizer } from './parameterize.ts';
import { pythonLiteral } from './pythonCode.ts';
import { createNames, snakeCase, type Names } from './pythonNames.ts';
import { repeatedBlocks } from './repeatedBlocks.ts';

/** The lines of `__init__` and of the method that is called. */
export interface Body {
  readonly initialize: string[];
  readonly forward: string[];
  readonly kept: Names;
  readonly runtime: Set<string>;
}

/** What that method takes and returns. */
export interface ClassEnds {
  readonly inputs: readonly string[];
  readonly result: string;
}

/** Writes what is inside a class. */
export interface ClassBodyWriter {
  /** The lines that serve all uses, and the constructor's parameters that they need. */
  write(
    uses: readonly Use[],
    frame: Frame,
    parameterizer: Parameterizer,
  ): { readonly body: Body; readonly parameters: readonly ConstructorParameter[] };
  endsOf(graph: Graph, frame: Frame, uses: readonly Use[]): ClassEnds;
}

/** Writes classes with the nodes that `emitter` writes. */
export function createClassBodyWriter(
  framework: Framework,
  { definitionOf }: Pick<BlockUses, 'definitionOf'>,
  { emit, firstOf, inputsOf }: NodeEmitter,
): ClassBodyWriter {
  function writeBody(
    uses: readonly Use[],
    frame: Frame,
    parameterizer: Parameterizer,
  ): { readonly body: Body; readonly parameters: readonly ConstructorParameter[] } {
    const body: Body = {
      initialize: [],
      forward: [],
      kept: createNames(framework.taken, frame.attributes.values()),
      runtime: new Set(),
    };
    const [model] = uses;
    for (const node of model === undefined ? [] : nodesIn(model)) {
      if (node.muted) body.forward.push(...zeros(node, uses, frame));
      if (!isWritten(node) || frame.passed.has(node.id) || node.muted) continue;
      const versions = uses.map((use) => use.inferred.nodes.get(node.id));
      const emitted = versions.map((version) => version && emit(version, frame));
      writeNode(node, emitted, frame, parameterizer, body);
    }
    return { body, parameters: parameterizer.parameters() };
  }

  /** Zeros in the shapes of a muted node's outputs, for as many examples as its input has. */
  function zeros(node: InferredNode, uses: readonly Use[], frame: Frame): readonly string[] {
    const variable = (port: string): string => frame.variables.get(`${node.id}.${port}`) ?? '';
    const reference = firstOf(node, frame) ?? [...frame.variables.values()][0] ?? variable('output');
    return Object.entries(node.outputs).map(([port, type]) => {
      if (familyOf(node) === 'input' || type === undefined)
        return `${variable(port)} = ${framework.zerosLike(variable(port))}`;
      const sizes = framework.axisOrder(type).map((index) => type.axes[index]?.size ?? 1);
      if (uses.some((use) => !sameAxes(use.inferred.nodes.get(node.id)?.outputs[port], type))) {
        throw new Error(`"${node.name}" is muted where its size differs from one use of its block to the next`);
      }
      return `${variable(port)} = ${framework.zeros(reference, sizes, type.dtype)}`;
    });
  }

  function writeNode(
    node: InferredNode,
    emitted: readonly (Emitted | undefined)[],
    frame: Frame,
    parameterizer: Parameterizer,
    body: Body,
  ): void {
    const attribute = frame.attributes.get(node.id) ?? '';
    const active = emitted.map((one) => one !== undefined && one.kind !== 'bypassed');
    const mentioned = mentionedIn([node.node.parameters, 'repeat' in node.node ? node.node.repeat : undefined]);
    const condition = parameterizer.condition(attribute, active, mentionedIn(node.node.enabled));
    const always = condition === 'True';
    const note = 'note' in node.node && node.node.note !== undefined ? node.node.note.split('\n') : [];
    body.initialize.push(...note.map((line) => `# ${line}`));
    const first = firstOf(node, frame) ?? 'None';
    const keep = (name: string, source: string): string => {
      const kept = body.kept.take(snakeCase(name));
      body.initialize.push(`self.${kept} = ${source}`);
      return `self.${kept}`;
    };
    const variable = (port: string): string => frame.variables.get(`${node.id}.${port}`) ?? attribute;

    const blocks = emitted.map((one) => (one?.kind === 'block' ? one : undefined));
    const block = blocks.find((one) => one !== undefined);
    if (block !== undefined && 'block' in node.node) {
      const made = block.repeated
        ? (isCalled(node) ? framework.chain : framework.list)(
            repeatedBlocks(
              attribute,
              blocks.map((one) => one?.calls),
              parameterizer,
              mentioned,
            ),
          )
        : parameterizer.call(
            blocks.map((one) => one?.calls[0]),
            mentioned,
          );
      writeBlockNode(node, made, block.repeated, { condition, first, frame, body, keep, variable });
      return;
    }

    const ops = emitted.map((one) => (one?.kind === 'op' ? one.op : undefined));
    const op = ops.find((one) => one !== undefined);
    if (op === undefined) return;
    for (const one of ops) for (const part of one?.runtime ?? []) body.runtime.add(part);
    const plain = op.forward === undefined;
    if (op.module !== undefined) {
      const module = parameterizer.call(
        ops.map((one) => one?.module),
        mentioned,
      );
      const otherwise = plain ? framework.identity : 'None';
      body.initialize.push(`self.${attribute} = ${always ? module : `${module} if ${condition} else ${otherwise}`}`);
    }
    const [input = ''] = Object.values(inputsOf(node, frame));
    if (plain) {
      body.forward.push(`${variable(Object.keys(node.outputs)[0] ?? '')} = self.${attribute}(${input})`);
      return;
    }
    const test = always
      ? ''
      : op.module === undefined
        ? keep(`use_${attribute}`, condition)
        : `self.${attribute} is not None`;
    for (const [port, expressions] of expressionsByPort(ops, portsInUse(node, frame))) {
      const text = parameterizer.expression(expressions, keep, mentioned);
      if (text !== variable(port))
        body.forward.push(`${variable(port)} = ${always ? text : `${text} if ${test} else ${first}`}`);
    }
  }

  function writeBlockNode(node: InferredNode, made: string, isRepeated: boolean, place: BlockPlace): void {
    if (!('block' in node.node)) return;
    const { condition, first, frame, body, variable } = place;
    const attribute = frame.attributes.get(node.id) ?? '';
    const ports = blockPorts(definitionOf(node.node.block).graph);
    const inputs = inputsOf(node, frame);
    const given = ports.inputs.map(({ name }) => inputs[name] ?? 'None');
    const results = ports.outputs.map(({ name }) => variable(name));
    const always = condition === 'True';
    const single = isRepeated ? isCalled(node) : isSingle(node);
    const otherwise = single ? framework.identity : 'None';
    body.initialize.push(`self.${attribute} = ${always ? made : `${made} if ${condition} else ${otherwise}`}`);
    const assign = results.join(', ');
    if (single || !isRepeated) {
      const callOf = `self.${attribute}(${given.join(', ')})`;
      if (always || single) body.forward.push(`${assign} = ${callOf}`);
      else {
        const passed = results.map(() => first).join(', ');
        const other = results.length === 1 ? passed : `(${passed})`;
        body.forward.push(`${assign} = ${callOf} if self.${attribute} is not None else ${other}`);
      }
      return;
    }
    body.forward.push(
      ...results.map((result) => `${result} = ${first}`),
      `for block in self.${attribute}${always ? '' : ' or ()'}:`,
      `    ${assign} = block(${[results[0] ?? first, ...given.slice(1)].join(', ')})`,
    );
  }

  function isSingle(node: InferredNode): boolean {
    if (!('block' in node.node)) return false;
    const ports = blockPorts(definitionOf(node.node.block).graph);
    return ports.inputs.length === 1 && ports.outputs.length === 1;
  }

  function isCalled(node: InferredNode): boolean {
    return framework.isChainCalled && isSingle(node);
  }

  return { write: writeBody, endsOf: (graph, frame, uses) => endsOf(framework, graph, frame, uses) };
}

interface BlockPlace {
  readonly condition: string;
  readonly first: string;
  readonly frame: Frame;
  readonly body: Body;
  readonly keep: (name: string, source: string) => string;
  readonly variable: (port: string) => string;
}

function endsOf(framework: Framework, graph: Graph, frame: Frame, uses: readonly Use[]): ClassEnds {
  const ports = blockPorts(graph);
  if (ports.inputs.length > 0 || ports.outputs.length > 0) {
    const results = ports.outputs.map(({ node }) => {
      const source = graph.nodes[node]?.inputs['input'];
      const value = (source && frame.variables.get(`${source.node}.${source.port}`)) ?? 'None';
      return uses[0]?.inferred.nodes.get(node)?.muted === true ? framework.zerosLike(value) : value;
    });
    return {
      inputs: ports.inputs.map(({ node }) => frame.variables.get(`${node}.output`) ?? 'input'),
      result: results.join(', '),
    };
  }
  const nodes = uses[0] === undefined ? [] : nodesIn(uses[0]);
  const outputs = nodes.filter((node) => familyOf(node) === 'output');
  const value = (node: InferredNode): string =>
    frame.variables.get(`${node.id}.${Object.keys(node.outputs)[0] ?? ''}`) ?? 'None';
  const [only, ...others] = outputs;
  return {
    inputs: nodes
      .filter((node) => familyOf(node) === 'input')
      .map((node) => frame.variables.get(`${node.id}.${Object.keys(node.outputs)[0] ?? ''}`) ?? ''),
    result:
      only !== undefined && others.length === 0
        ? value(only)
        : `{${outputs.map((node) => `${pythonLiteral(node.name)}: ${value(node)}`).join(', ')}}`,
  };
}

/** Outputs of a node that something takes; all of them where nothing does. */
function portsInUse(node: InferredNode, frame: Frame): readonly string[] {
  const ports = Object.keys(node.outputs);
  const taken = ports.filter((port) => frame.read.has(`${node.id}.${port}`));
  return taken.length > 0 ? taken : ports;
}

function sameAxes(a: TensorType | undefined, b: TensorType): boolean {
  return a !== undefined && a.axes.length === b.axes.length && a.axes.every(({ size }, i) => size === b.axes[i]?.size);
}

/** Names in the expressions of a value, as Python has them. */
function mentionedIn(value: unknown): Mentioned {
  const names = new Set<string>();
  const look = (one: unknown): void => {
    if (typeof one === 'string' && one.startsWith('=')) {
      for (const [name] of one.matchAll(/[A-Za-z_]\w*/g)) names.add(snakeCase(name));
    } else if (typeof one === 'object' && one !== null) Object.values(one).forEach(look);
  };
  look(value);
  return names;
}
