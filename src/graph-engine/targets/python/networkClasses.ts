import type { BlockDefinition, BlockId, NodeId, SkipwireDocument } from '../../document/schema.ts';
import type { InferredGraph, InferredNode } from '../../infer/inferredGraph.ts';
import { createBlockUses, familyOf, isPassed, isWritten, keyOf, nodesIn, type Use } from './blockUses.ts';
import { createClassBodyWriter } from './classBody.ts';
import { alike, createNodeEmitter, type Frame } from './emitNode.ts';
import type { Framework } from './framework.ts';
import { createParameterizer, type ConstructorParameter } from './parameterize.ts';
import { pythonDocumentation, pythonLiteral, type Argument, type Call, type Literal } from './pythonCode.ts';
import { createNames, pascalCase, snakeCase } from './pythonNames.ts';
import type { SourceWeight } from './sourceOp.ts';
import { wrapText } from './wrapText.ts';

/** How one use of a block is made: its class, and what is passed to the constructor. */
interface Made {
  readonly call: Call;
  readonly attributes: ReadonlyMap<NodeId, string>;
}

/** Where a variable of the engine lives in the module. */
export interface StateEntry {
  /** Such as `stage1.0.conv1.weight`. */
  readonly name: string;
  readonly weight: SourceWeight;
}

export interface NetworkSource {
  /** Source of all classes, those that others use first. */
  readonly classes: readonly string[];
  readonly root: string;
  readonly runtime: ReadonlySet<string>;
  /** Paths of the inputs in the order of `forward`. */
  readonly inputs: readonly string[];
  /** Paths of the outputs, in the order of what `forward` returns. */
  readonly outputs: readonly string[];
  /** By the variable's name in the engine, such as `stage1[0].conv1.kernel`. */
  readonly state: ReadonlyMap<string, StateEntry>;
}

/**
 * Writes a network as classes of a framework: one for each block, with what differs between its uses as arguments of the
 * constructor, and one for the network. The document must have no errors. Throws for an op that the framework cannot say.
 */
export function networkClasses(framework: Framework, document: SkipwireDocument, root: InferredGraph): NetworkSource {
  const blocks = createBlockUses(document);
  const classNames = createNames(framework.taken);
  const classes: string[] = [];
  const runtime = new Set<string>();
  const made = new Map<BlockId, Map<string, Made>>();
  const madeOf = (block: BlockId, use: Use): Made => {
    const found = made.get(block)?.get(keyOf(use));
    if (found === undefined) throw new Error(`The block "${block}" was not written`);
    return found;
  };
  const emitter = createNodeEmitter(framework, blocks, (block, use) => madeOf(block, use).call);
  const bodies = createClassBodyWriter(framework, blocks, emitter);

  function writeBlock(block: BlockId, uses: readonly Use[]): void {
    const definition = blocks.definitionOf(block);
    const frame = emitter.frameOf(uses);
    const emitted = uses.map(
      (use) =>
        new Map(
          nodesIn(use)
            .filter(isWritten)
            .map((node) => [node.id, emitter.emit(node, frame)]),
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

  function writeClass(
    title: string,
    {
      description,
      source,
      graph,
      parameters: declared,
    }: Pick<BlockDefinition, 'description' | 'source' | 'graph' | 'parameters'>,
    uses: readonly Use[],
    isNetwork = false,
  ): WrittenClass {
    const name = classNames.take(pascalCase(title));
    const frame = emitter.frameOf(uses);
    const known = declared.map((parameter) => ({
      name: snakeCase(parameter.name),
      standard: parameter.default,
      values: uses.map((use) => literalOf(use.parameters[parameter.name])),
    }));
    // Written twice: only then is it known which names the block's own parameters need.
    const trial = bodies.write(uses, frame, createParameterizer(framework.taken, known));
    const needed = trial.parameters.filter(({ standard }) => standard !== undefined).map((parameter) => parameter.name);
    const { body, parameters } = bodies.write(uses, frame, createParameterizer(framework.taken, known, needed));
    const ports = bodies.endsOf(graph, frame, uses);
    const { passedOn } = framework;
    const signature = ['self', ...parameters.map(writtenParameter), ...(passedOn === '' ? [] : [passedOn])].join(', ');
    const unpacked = isNetwork && framework.unpacksInputs && ports.inputs.length > 1;
    const documentation = [title, description, source].filter((text) => text !== undefined && text !== '').join('\n\n');
    for (const part of body.runtime) runtime.add(part);
    classes.push(
      [
        `class ${name}(${isNetwork ? framework.networkBase : framework.blockBase}):`,
        ...docstring(documentation),
        '',
        `    def __init__(${signature}):`,
        `        super().__init__(${passedOn})`,
        ...body.initialize.map((line) => `        ${line}`),
        '',
        `    def ${framework.forward}(${['self', ...(unpacked ? ['inputs'] : ports.inputs), ...(isNetwork ? framework.networkTakes : [])].join(', ')}):`,
        ...(unpacked ? [`        ${ports.inputs.join(', ')} = inputs`] : []),
        ...body.forward.map((line) => `        ${line}`),
        `        return ${ports.result}`,
      ].join('\n'),
    );
    return { name, parameters, attributes: frame.attributes };
  }

  /** Names of the engine's variables and where they are in the module. */
  function stateOf(
    use: Use,
    attributes: ReadonlyMap<NodeId, string>,
    path: string,
    place: string,
    into: Map<string, StateEntry>,
  ): void {
    const frame: Frame = { passed: new Set(), attributes, variables: new Map(), read: new Set() };
    for (const node of nodesIn(use)) {
      if (isPassed(node) || node.muted || !isWritten(node)) continue;
      const attribute = `${place}${attributes.get(node.id) ?? ''}`;
      if ('block' in node.node) {
        const { block, repeat } = node.node;
        for (const [index, inner] of blocks.usesOf(node).entries()) {
          const [innerPath, innerPlace] = repeat === undefined ? ['', ''] : [`[${index}]`, `.${index}`];
          const found = madeOf(block, inner);
          stateOf(inner, found.attributes, `${path}${node.name}${innerPath}.`, `${attribute}${innerPlace}.`, into);
        }
        continue;
      }
      if (Object.keys(node.weights).length === 0) continue;
      const emitted = emitter.emit(withoutWires(node), frame);
      if (emitted.kind !== 'op') continue;
      for (const weight of Object.keys(node.weights)) {
        const entry = emitted.op.weights?.[weight];
        if (entry === undefined) throw new Error(`${node.node.op} does not say where its weight "${weight}" goes`);
        into.set(`${path}${node.name}.${weight}`, { name: `${attribute}.${entry.parameter}`, weight: entry });
      }
    }
  }

  const whole: Use = { graph: document.graph, inferred: root, parameters: {} };
  for (const [block, uses] of blocks.all(whole)) writeBlock(block, uses);
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
    true,
  );
  const state = new Map<string, StateEntry>();
  stateOf(whole, written.attributes, '', '', state);
  const named = (family: string) => nodesIn(whole).flatMap((node) => (familyOf(node) === family ? [node.name] : []));
  return { classes, root: written.name, runtime, inputs: named('input'), outputs: named('output'), state };
}

interface WrittenClass {
  readonly name: string;
  readonly parameters: readonly ConstructorParameter[];
  readonly attributes: ReadonlyMap<NodeId, string>;
}

/** A node for which only its weights are asked. */
function withoutWires(node: InferredNode): InferredNode {
  return { ...node, node: { ...node.node, inputs: {} } };
}

function literalOf(value: unknown): Literal | undefined {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : undefined;
}

function writtenParameter({ name, standard }: ConstructorParameter): string {
  return standard === undefined ? name : `${name}=${pythonLiteral(standard)}`;
}

function docstring(text: string): readonly string[] {
  const lines = pythonDocumentation(text)
    .split('\n')
    .flatMap((line) => wrapText(line));
  if (lines.length === 1) return [`    """${lines[0] ?? ''}"""`];
  return ['    """' + (lines[0] ?? ''), ...lines.slice(1).map((line) => (line === '' ? '' : `    ${line}`)), '    """'];
}
