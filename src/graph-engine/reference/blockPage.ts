import { describeShape, features, image, sequence, type TensorType } from '../core/shape.ts';
import { blockPorts } from '../document/blockPorts.ts';
import type { BlockDefinition, BlockDocument } from '../document/schema.ts';
import { sizeRules, type Measure, type Parameters, type SizeRule, type Types } from '../explain/sizeRules.ts';
import { inferGraph } from '../infer/inferGraph.ts';
import type { InferredGraph } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';
import { blockFormula } from './blockFormula.ts';
import { blockParameterTable } from './parameterTable.ts';
import type { Cell, Content, PageLink, ReferencePage, Section } from './referencePage.ts';
import { shapeContent } from './shapeSection.ts';
import { sourceLinks } from './sourceLinks.ts';
import { grouped } from './writeNumber.ts';

type Blocks = Readonly<Record<string, BlockDefinition>>;

/** One instance of a block, all its parameters at their defaults, fed by these types. */
function instanceOf(definition: BlockDefinition, blocks: Blocks, parameters: Parameters, inputs: Types): InferredGraph {
  const values = Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) =>
      typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? [[name, value]] : [],
    ),
  );
  return inferGraph(definition.graph, {
    blocks,
    stack: [],
    scope: null,
    values: { ...values, index: 0, repeat: 1 },
    inputs,
  }).inferred;
}

function isSound({ diagnostics }: InferredGraph): boolean {
  return diagnostics.every(({ severity }) => severity !== 'error');
}

const CHANNELS: readonly number[] = [64, 16, 32, 96, 128, 144, 192, 256, 512, 768, 1024];

/** Types that a block accepts with its default parameters: an identity skip wants the channels that the branch makes. */
export function acceptedByBlock(definition: BlockDefinition, blocks: Blocks): Types | undefined {
  const defaults = defaultsOf(definition);
  const numbers = Object.values(defaults).filter((value): value is number => typeof value === 'number' && value >= 4);
  const widths = [...new Set([...numbers, ...numbers.map((value) => value * 4), ...CHANNELS])].filter(
    (value) => Number.isInteger(value) && value <= 4096,
  );
  const kinds: ((width: number) => TensorType)[] = [
    (width) => image(32, 32, width),
    (width) => sequence(32, width),
    (width) => features(width),
  ];
  const { inputs } = blockPorts(definition.graph);
  for (const kind of kinds) {
    for (const width of widths) {
      const same = Object.fromEntries(inputs.map(({ name }) => [name, kind(width)]));
      if (isSound(instanceOf(definition, blocks, defaults, same))) return same;
      const [first, ...rest] = inputs;
      if (first === undefined || rest.length === 0) continue;
      // A level of a U-Net is fed by a larger image from across, or by one of half the size from below.
      for (const [height, channels] of [
        [64, width],
        [64, Math.floor(width / 2)],
        [16, width],
        [16, width * 2],
      ] as const) {
        const mixed = {
          ...same,
          ...Object.fromEntries(rest.map(({ name }) => [name, image(height, height, channels)])),
        };
        if (isSound(instanceOf(definition, blocks, defaults, mixed))) return mixed;
      }
    }
  }
  return undefined;
}

function defaultsOf(definition: BlockDefinition): Parameters {
  return Object.fromEntries(definition.parameters.map((parameter) => [parameter.name, parameter.default]));
}

function shapeSection(definition: BlockDefinition, blocks: Blocks, inputs: Types): Section {
  const { outputs } = blockPorts(definition.graph);
  const defaults = defaultsOf(definition);
  const measure =
    (port: string): Measure =>
    (parameters, types) => {
      const instance = instanceOf(definition, blocks, parameters, types);
      return isSound(instance) ? instance.outputs[port]?.axes.map(({ size }) => size ?? -1) : undefined;
    };
  const instance = instanceOf(definition, blocks, defaults, inputs);
  const explained = outputs.map(({ name }) => {
    // A size that equals a parameter, and does not stay when that is changed, is the parameter.
    const named = (rule: SizeRule | undefined, index: number): SizeRule | undefined => {
      if (rule?.kind !== 'constant') return rule;
      const parameter = Object.keys(defaults).find((key) => {
        if (defaults[key] !== rule.value) return false;
        return measure(name)({ ...defaults, [key]: rule.value * 2 }, inputs)?.[index] !== rule.value;
      });
      return parameter === undefined ? rule : { ...rule, parameter };
    };
    const rules = sizeRules(measure(name), defaults, inputs) ?? [];
    // Block parameters take any value in their range; the two that change sizes most are tried.
    const strided = definition.parameters.some((parameter) => parameter.name === 'stride')
      ? sizeRules(measure(name), { ...defaults, stride: 2 }, inputs)
      : undefined;
    const axes = (instance.outputs[name]?.axes ?? []).flatMap(({ name: axis, size }, index) => {
      const rule = named(rules[index], index);
      const other = strided?.[index];
      if (rule === undefined) return [];
      const differs = other !== undefined && JSON.stringify(other) !== JSON.stringify(rule);
      return [{ axis, size, rule, influences: differs ? [{ parameter: 'stride', value: 2, rule: other }] : [] }];
    });
    return [name, axes] as const;
  });
  const example: Content = {
    kind: 'text',
    text: `With default parameters ${Object.entries(inputs)
      .map(([port, type]) => `${describeShape(type)} at \`${port}\``)
      .join(' and ')} become ${outputs
      .map(({ name }) => {
        const type = instance.outputs[name];
        return type === undefined ? 'something unknown' : describeShape(type);
      })
      .join(
        ' and ',
      )}, with ${grouped(instance.totals.parameters)} parameters and ${grouped(instance.totals.macs)} multiply-accumulates.`,
  };
  return {
    title: 'Shape rule',
    content: [...shapeContent([{ inputs, outputs: Object.fromEntries(explained) }]), example],
  };
}

/** The ops and blocks that a graph is made of, each once, in order of flow. */
export function partsOf(graph: InferredGraph, blocks: Blocks): readonly PageLink[] {
  const links = new Map<string, PageLink>();
  for (const id of graph.order) {
    const node = graph.nodes.get(id)?.node;
    if (node === undefined) continue;
    if ('block' in node) {
      const text = blocks[node.block]?.name ?? node.block;
      links.set(`block/${node.block}`, { text, to: { kind: 'block', id: node.block } });
    } else {
      const op = opNamed(node.op);
      if (op !== undefined)
        links.set(`op/${op.type}`, { text: op.documentation.title, to: { kind: 'op', id: op.type } });
    }
  }
  return [...links.values()];
}

function portRows(definition: BlockDefinition): readonly (readonly Cell[])[] {
  const { inputs, outputs } = blockPorts(definition.graph);
  return [...inputs.map(({ name }) => [`\`${name}\``, 'in']), ...outputs.map(({ name }) => [`\`${name}\``, 'out'])];
}

/** The page of a library block, worked out from its file. */
export function blockPage({ id, block, blocks }: BlockDocument): ReferencePage {
  const inputs = acceptedByBlock(block, blocks);
  const instance = instanceOf(block, blocks, defaultsOf(block), inputs ?? {});
  const sections: Section[] = [
    {
      title: 'Formula',
      content: blockFormula(block, instance, blocks).map((text): Content => ({ kind: 'formula', text })),
    },
    inputs === undefined
      ? {
          title: 'Shape rule',
          content: [
            { kind: 'text', text: 'It depends on what the block is put between: no usual value fits its defaults.' },
          ],
        }
      : shapeSection(block, blocks, inputs),
    { title: 'Parameters', content: [blockParameterTable(block.parameters)] },
    { title: 'Ports', content: [{ kind: 'table', head: ['Port', 'Side'], rows: portRows(block) }] },
    { title: 'Made of', content: [{ kind: 'links', links: partsOf(instance, blocks) }] },
  ];
  if (block.source !== undefined)
    sections.push({ title: 'Source', content: [{ kind: 'links', links: sourceLinks(block.source) }] });
  return { kind: 'block', id, title: block.name, summary: block.description ?? '', sections };
}
