import { BLOCK_INPUT, BLOCK_OUTPUT, blockPorts } from '../../document/blockPorts.ts';
import type { BlockDefinition, BlockId, Graph, NodeId, SkipwireDocument } from '../../document/schema.ts';
import type { InferredGraph, InferredNode } from '../../infer/inferredGraph.ts';
import type { TensorType } from '../../core/shape.ts';
import { opNamed } from '../../ops/index.ts';
import { channelsFirstOrder } from '../onnx/channelsFirst.ts';
import { pytorchEmitter } from './emitters/index.ts';
import {
  createParameterizer,
  sameStructure,
  sameText,
  type ConstructorParameter,
  type Mentioned,
  type Parameterizer,
} from './parameterize.ts';
import {
  pythonDocumentation,
  pythonLiteral,
  type Argument,
  type Call,
  type Expression,
  type Literal,
} from './pythonCode.ts';
import { createNames, pascalCase, snakeCase } from './pythonNames.ts';
import { repeatedBlocks } from './repeatedBlocks.ts';
import { wrapLine, wrapText } from './wrapLines.ts';
import type { PytorchOp, PytorchWeight } from './pytorchOp.ts';
import type { RuntimePart } from './runtime.ts';

/** One use of a graph: the root, or one repetition of a block node. */
interface Use {
  readonly graph: Graph;
  readonly inferred: InferredGraph;
  /** What the block's parameters are here. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** How one use of a block is made: its class, and what is passed to the constructor. */
interface Made {
  readonly call: Call;
  readonly attributes: ReadonlyMap<NodeId, string>;
}

/** Where a variable of the engine lives in the module. */
export interface StateEntry {
  /** Such as `stage1.0.conv1.weight`. */
  readonly name: string;
  readonly weight: PytorchWeight;
}

export interface NetworkSource {
  /** Source of all classes, those that others use first. */
  readonly classes: readonly string[];
  readonly root: string;
  readonly runtime: ReadonlySet<RuntimePart>;
  /** Paths of the inputs in the order of `forward`. */
  readonly inputs: readonly string[];
  /** Paths of the outputs, in the order of what `forward` returns. */
  readonly outputs: readonly string[];
  /** By the variable's name in the engine, such as `stage1[0].conv1.kernel`. */
  readonly state: ReadonlyMap<string, StateEntry>;
}

/**
 * Writes a network as PyTorch classes: one `nn.Module` for each block, with what differs between its uses as arguments of the
 * constructor, and one for the network. The document must have no errors. Throws for an op that PyTorch source cannot say.
 */
export function networkClasses(document: SkipwireDocument, root: InferredGraph): NetworkSource {
  return createWriter(document).write(root);
}

function createWriter(document: SkipwireDocument) {
  const classNames = createNames();
  const classes: string[] = [];
  const runtime = new Set<RuntimePart>();
  const made = new Map<BlockId, Map<string, Made>>();

  function keyOf(use: Use): string {
    return `${idOf(use.inferred)} ${JSON.stringify(use.parameters)}`;
  }

  /** Every use of every block, by what tells it from others. */
  function collect(use: Use, into: Map<BlockId, Map<string, Use>>): void {
    for (const node of nodesIn(use)) {
      if (!('block' in node.node) || node.bypassed || node.muted) continue;
      const { block } = node.node;
      const uses = into.get(block) ?? new Map<string, Use>();
      into.set(block, uses);
      for (const inner of usesOf(node)) {
        const key = keyOf(inner);
        if (uses.has(key)) continue;
        uses.set(key, inner);
        collect(inner, into);
      }
    }
  }

  /** Blocks so that each comes after those inside it. */
  function innerFirst(wanted: Iterable<BlockId>, ordered = new Set<BlockId>()): ReadonlySet<BlockId> {
    for (const block of wanted) {
      if (ordered.has(block)) continue;
      const inside = Object.values(definitionOf(block).graph.nodes).flatMap((node) =>
        'block' in node ? [node.block] : [],
      );
      innerFirst(inside, ordered);
      ordered.add(block);
    }
    return ordered;
  }

  function usesOf(node: InferredNode): readonly Use[] {
    if (!('block' in node.node)) return [];
    const { graph } = definitionOf(node.node.block);
    const instances = node.instances ?? [];
    return instances.map((inferred, index) => ({
      graph,
      inferred,
      parameters: { ...node.parameters, index, repeat: instances.length },
    }));
  }

  function definitionOf(block: BlockId): BlockDefinition {
    const definition = document.blocks[block];
    if (definition === undefined) throw new Error(`There is no block "${block}"`);
    return definition;
  }

  function madeOf(block: BlockId, use: Use): Made {
    const found = made.get(block)?.get(keyOf(use));
    if (found === undefined) throw new Error(`The block "${block}" was not written`);
    return found;
  }

  /** What a node is in one use: nothing where it is bypassed. */
  type Emitted =
    | { readonly kind: 'bypassed' }
    | { readonly kind: 'muted' }
    | { readonly kind: 'op'; readonly op: PytorchOp }
    | { readonly kind: 'block'; readonly calls: readonly Call[]; readonly repeated: boolean };

  interface Frame {
    /** Bypassed in every use: nothing is written, the value goes by. */
    readonly passed: ReadonlySet<NodeId>;
    readonly attributes: ReadonlyMap<NodeId, string>;
    /** Python variable of each output, by `node.port`. */
    readonly variables: Map<string, string>;
  }

  function frameOf(uses: readonly Use[]): Frame {
    const names = createNames();
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
    return { passed, attributes, variables };
  }

  /** An output op hands on its input. */
  function aliasPlainValues(node: InferredNode, variables: Map<string, string>): void {
    if (node.muted || familyOf(node) !== 'output') return;
    const source = Object.values(node.node.inputs)[0];
    const variable = source && variables.get(`${source.node}.${source.port}`);
    if (variable === undefined) return;
    for (const port of Object.keys(node.outputs)) variables.set(`${node.id}.${port}`, variable);
  }

  function firstSource(node: InferredNode): string {
    const port =
      'op' in node.node ? Object.keys(node.inputs)[0] : blockPorts(definitionOf(node.node.block).graph).inputs[0]?.name;
    const source = port === undefined ? undefined : node.node.inputs[port];
    return source === undefined ? '' : `${source.node}.${source.port}`;
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
      const calls = usesOf(node).map((use) => madeOf(block, use).call);
      return { kind: 'block', calls, repeated: repeat !== undefined };
    }
    const definition = opNamed(node.node.op);
    const write = definition && pytorchEmitter(definition);
    if (write === undefined || node.parameters === undefined) {
      throw new Error(`The op "${node.node.op}" cannot be written in PyTorch`);
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

  /** Whether one class can serve two uses. */
  function alike(a: Emitted | undefined, b: Emitted | undefined): boolean {
    if (a === undefined || b === undefined) return true;
    if (a.kind === 'muted' || b.kind === 'muted') return a.kind === b.kind;
    if (a.kind === 'bypassed' || b.kind === 'bypassed') return true;
    if (a.kind === 'op' && b.kind === 'op') return sameOp(a.op, b.op);
    if (a.kind !== 'block' || b.kind !== 'block') return false;
    const [first] = a.calls;
    return first !== undefined && [...a.calls, ...b.calls].every((one) => sameStructure(first, one));
  }

  function writeBlock(block: BlockId, uses: readonly Use[]): void {
    const definition = definitionOf(block);
    const frame = frameOf(uses);
    const emitted = uses.map(
      (use) =>
        new Map(
          nodesIn(use)
            .filter(isWritten)
            .map((node) => [node.id, emit(node, frame)]),
        ),
    );
    const groups: number[][] = [];
    for (const index of uses.keys()) {
      const fits = (group: readonly number[]): boolean =>
        group.every((other) =>
          [...(emitted[index]?.keys() ?? [])].every((id) => alike(emitted[index]?.get(id), emitted[other]?.get(id))),
        );
      const group = groups.find(fits);
      if (group === undefined) groups.push([index]);
      else group.push(index);
    }
    const calls = new Map<string, Made>();
    for (const group of groups) {
      const members = group.flatMap((index) => uses[index] ?? []);
      const written = writeClass(definition.name, definition, members);
      for (const [index, use] of members.entries()) {
        const passed = written.parameters.map(({ name, standard, values }): Argument =>
          standard === undefined
            ? { name, value: values[index] ?? null, positional: true }
            : { name, value: values[index] ?? null, standard },
        );
        calls.set(keyOf(use), {
          call: { callee: written.name, arguments: passed },
          attributes: written.attributes,
        });
      }
    }
    made.set(block, calls);
  }

  interface WrittenClass {
    readonly name: string;
    readonly parameters: readonly ConstructorParameter[];
    readonly attributes: ReadonlyMap<NodeId, string>;
  }

  function writeClass(
    title: string,
    {
      description,
      source,
      graph,
      parameters: declared,
    }: Pick<BlockDefinition, 'description' | 'source' | 'graph' | 'parameters'>,
    uses: readonly Use[],
  ): WrittenClass {
    const name = classNames.take(pascalCase(title));
    const frame = frameOf(uses);
    const known = declared.map((parameter) => ({
      name: snakeCase(parameter.name),
      standard: parameter.default,
      values: uses.map((use) => literalOf(use.parameters[parameter.name])),
    }));
    // Written twice: only then is it known which names the block's own parameters need.
    const trial = writeBody(uses, frame, createParameterizer(known));
    const needed = trial.parameters.filter(({ standard }) => standard !== undefined).map((parameter) => parameter.name);
    const { body, parameters } = writeBody(uses, frame, createParameterizer(known, needed));
    const ports = endsOf(graph, frame, uses);
    const signature = ['self', ...parameters.map(writtenParameter)].join(', ');
    const documentation = [title, description, source].filter((text) => text !== undefined && text !== '').join('\n\n');
    classes.push(
      [
        `class ${name}(nn.Module):`,
        ...docstring(documentation),
        '',
        ...wrapLine(`    def __init__(${signature}):`),
        '        super().__init__()',
        ...body.initialize.flatMap((line) => wrapLine(`        ${line}`)),
        '',
        `    def forward(${['self', ...ports.inputs].join(', ')}):`,
        ...body.forward.flatMap((line) => wrapLine(`        ${line}`)),
        `        return ${ports.result}`,
      ].join('\n'),
    );
    return { name, parameters, attributes: frame.attributes };
  }

  function writeBody(
    uses: readonly Use[],
    frame: Frame,
    parameterizer: Parameterizer,
  ): { readonly body: Body; readonly parameters: readonly ConstructorParameter[] } {
    const body: Body = { initialize: [], forward: [], kept: createNames(frame.attributes.values()) };
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
    const reference = frame.variables.get(firstSource(node)) ?? [...frame.variables.values()][0] ?? variable('output');
    return Object.entries(node.outputs).map(([port, type]) => {
      if (familyOf(node) === 'input' || type === undefined)
        return `${variable(port)} = torch.zeros_like(${variable(port)})`;
      const dtype = type.dtype === 'int32' ? ', dtype=torch.long' : '';
      const sizes = channelsFirstOrder(type).map((index) => String(type.axes[index]?.size ?? 1));
      if (uses.some((use) => !sameAxes(use.inferred.nodes.get(node.id)?.outputs[port], type))) {
        throw new Error(`"${node.name}" is muted where its size differs from one use of its block to the next`);
      }
      return `${variable(port)} = ${reference}.new_zeros((${reference}.shape[0], ${sizes.join(', ')})${dtype})`;
    });
  }

  interface Body {
    readonly initialize: string[];
    readonly forward: string[];
    readonly kept: { take(wanted: string): string };
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
    const first = frame.variables.get(firstSource(node)) ?? 'None';
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
        ? repeatedBlocks(
            attribute,
            blocks.map((one) => one?.calls),
            parameterizer,
            mentioned,
            isSingle(node),
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
    for (const one of ops) for (const part of one?.runtime ?? []) runtime.add(part);
    const plain = op.forward === undefined;
    if (op.module !== undefined) {
      const module = parameterizer.call(
        ops.map((one) => one?.module),
        mentioned,
      );
      const otherwise = plain ? 'nn.Identity()' : 'None';
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
    for (const [port, expressions] of expressionsByPort(ops, Object.keys(node.outputs))) {
      const text = parameterizer.expression(expressions, keep, mentioned);
      if (text !== variable(port))
        body.forward.push(`${variable(port)} = ${always ? text : `${text} if ${test} else ${first}`}`);
    }
  }

  interface BlockPlace {
    readonly condition: string;
    readonly first: string;
    readonly frame: Frame;
    readonly body: Body;
    readonly keep: (name: string, source: string) => string;
    readonly variable: (port: string) => string;
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
    const single = isSingle(node);
    const otherwise = single ? 'nn.Identity()' : 'None';
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

  function endsOf(graph: Graph, frame: Frame, uses: readonly Use[]): { inputs: readonly string[]; result: string } {
    const ports = blockPorts(graph);
    if (ports.inputs.length > 0 || ports.outputs.length > 0) {
      const results = ports.outputs.map(({ node }) => {
        const source = graph.nodes[node]?.inputs['input'];
        const value = (source && frame.variables.get(`${source.node}.${source.port}`)) ?? 'None';
        return uses[0]?.inferred.nodes.get(node)?.muted === true ? `torch.zeros_like(${value})` : value;
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

  /** Names of the engine's variables and where they are in the module. */
  function stateOf(
    use: Use,
    attributes: ReadonlyMap<NodeId, string>,
    path: string,
    place: string,
    into: Map<string, StateEntry>,
  ): void {
    const frame: Frame = { passed: new Set(), attributes, variables: new Map() };
    for (const node of nodesIn(use)) {
      if (isPassed(node) || node.muted || !isWritten(node)) continue;
      const attribute = `${place}${attributes.get(node.id) ?? ''}`;
      if ('block' in node.node) {
        const { block, repeat } = node.node;
        for (const [index, inner] of usesOf(node).entries()) {
          const [innerPath, innerPlace] = repeat === undefined ? ['', ''] : [`[${index}]`, `.${index}`];
          const found = madeOf(block, inner);
          stateOf(inner, found.attributes, `${path}${node.name}${innerPath}.`, `${attribute}${innerPlace}.`, into);
        }
        continue;
      }
      if (Object.keys(node.weights).length === 0) continue;
      const emitted = emit(withoutWires(node), frame);
      if (emitted.kind !== 'op') continue;
      for (const weight of Object.keys(node.weights)) {
        const entry = emitted.op.weights?.[weight];
        if (entry === undefined) throw new Error(`${node.node.op} does not say where its weight "${weight}" goes`);
        into.set(`${path}${node.name}.${weight}`, { name: `${attribute}.${entry.parameter}`, weight: entry });
      }
    }
  }

  return {
    write(root: InferredGraph): NetworkSource {
      const whole: Use = { graph: document.graph, inferred: root, parameters: {} };
      const uses = new Map<BlockId, Map<string, Use>>();
      collect(whole, uses);
      for (const block of innerFirst(uses.keys())) {
        const its = uses.get(block);
        if (its !== undefined) writeBlock(block, [...its.values()]);
      }
      const { description, source } = document;
      const written = writeClass(
        document.name,
        {
          graph: document.graph,
          parameters: [],
          ...(description !== undefined && { description }),
          ...(source !== undefined && { source }),
        },
        [whole],
      );
      const state = new Map<string, StateEntry>();
      stateOf(whole, written.attributes, '', '', state);
      const named = (family: string) =>
        nodesIn(whole).flatMap((node) => (familyOf(node) === family ? [node.name] : []));
      return { classes, root: written.name, runtime, inputs: named('input'), outputs: named('output'), state };
    },
  };
}

function sameOp(a: PytorchOp, b: PytorchOp): boolean {
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

function portsOf(forward: NonNullable<PytorchOp['forward']>): ReadonlyMap<string, Expression> {
  return isExpression(forward) ? new Map([[ONLY, forward]]) : new Map(Object.entries(forward));
}

function isExpression(forward: NonNullable<PytorchOp['forward']>): forward is Expression {
  return Array.isArray(forward);
}

function* expressionsByPort(
  ops: readonly (PytorchOp | undefined)[],
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

function nodesIn(use: Use): readonly InferredNode[] {
  return use.inferred.order.flatMap((id) => use.inferred.nodes.get(id) ?? []);
}

function sameAxes(a: TensorType | undefined, b: TensorType): boolean {
  return a !== undefined && a.axes.length === b.axes.length && a.axes.every(({ size }, i) => size === b.axes[i]?.size);
}

function familyOf({ node }: InferredNode): string | undefined {
  return 'op' in node && node.op !== BLOCK_INPUT && node.op !== BLOCK_OUTPUT ? opNamed(node.op)?.family : undefined;
}

/** Whether a node becomes source of its own: inputs and ports are arguments and results. */
function isWritten(node: InferredNode): boolean {
  if ('block' in node.node) return true;
  const family = familyOf(node);
  return family !== undefined && family !== 'input' && family !== 'output';
}

/** Whether the first input passes through: bypassed, or repeated no times. */
function isPassed(node: InferredNode | undefined): boolean {
  return (
    node === undefined || (!node.muted && (node.bypassed || ('block' in node.node && node.instances?.length === 0)))
  );
}

/** A node for which only its weights are asked. */
function withoutWires(node: InferredNode): InferredNode {
  return { ...node, node: { ...node.node, inputs: {} } };
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

function literalOf(value: unknown): Literal | undefined {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : undefined;
}

function writtenParameter({ name, standard }: ConstructorParameter): string {
  return standard === undefined ? name : `${name}=${pythonLiteral(standard)}`;
}

function docstring(text: string): readonly string[] {
  const lines = pythonDocumentation(text).split('\n').flatMap(wrapText);
  if (lines.length === 1) return [`    """${lines[0] ?? ''}"""`];
  return ['    """' + (lines[0] ?? ''), ...lines.slice(1).map((line) => (line === '' ? '' : `    ${line}`)), '    """'];
}

const ids = new WeakMap<InferredGraph, number>();
let lastId = 0;

/** A number for each inferred graph; equal instances are the same object. */
function idOf(graph: InferredGraph): number {
  const known = ids.get(graph);
  if (known !== undefined) return known;
  ids.set(graph, ++lastId);
  return lastId;
}
