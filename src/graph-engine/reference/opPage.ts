import type { Initializer } from '../core/initializer.ts';
import type { OpDefinition, OpFamily } from '../core/opDefinition.ts';
import {
  describeShape,
  elementCount,
  embeddingTable,
  features,
  image,
  kindOf,
  sequence,
  tokens,
  type TensorType,
} from '../core/shape.ts';
import { BLOCK_INPUT, BLOCK_OUTPUT } from '../document/blockPorts.ts';
import { explainOutput, explainSizes } from '../explain/opShapes.ts';
import { nameOfAxis, writeSizeRule, type Parameters, type Types } from '../explain/sizeRules.ts';
import { windowOf } from '../infer/receptiveField.ts';
import { onnxOperators } from './onnxOperators.ts';
import { parameterTable } from './parameterTable.ts';
import type { Content, ReferencePage, Section } from './referencePage.ts';
import { shapeContent, type ShapeCase } from './shapeSection.ts';
import { sourceLinks } from './sourceLinks.ts';
import { grouped } from './writeNumber.ts';

/** The usual kinds of values, of sizes that most parameters divide; a narrow one for ops that only widen. */
const WIDTHS: readonly number[] = [576, 8];

function kindsOf(width: number): readonly TensorType[] {
  return [image(24, 20, width), sequence(12, width), features(width), tokens(12, 100), embeddingTable(100, width)];
}

function takesKinds(op: OpDefinition, inputs: Types): boolean {
  return Object.entries(inputs).every(([port, type]) => (op.accepts?.[port] ?? ['numbers']).includes(kindOf(type)));
}

/** Every combination of one kind for each port; the same kind everywhere comes first. */
function combinations(ports: readonly string[], kinds: readonly TensorType[]): readonly Types[] {
  const same = kinds.map((kind) => Object.fromEntries(ports.map((port) => [port, kind])));
  if (ports.length < 2 || ports.length > 3) return ports.length === 0 ? [{}] : same;
  let mixed: Record<string, TensorType>[] = [{}];
  for (const port of ports) mixed = mixed.flatMap((types) => kinds.map((kind) => ({ ...types, [port]: kind })));
  return [...same, ...mixed.filter((types) => new Set(Object.values(types)).size > 1)];
}

/** What the op accepts among the usual kinds of values, with default parameters. */
export function acceptedInputs(op: OpDefinition, parameters: Parameters): readonly Types[] {
  for (const width of WIDTHS) {
    const accepted = combinations(op.inputs, kindsOf(width)).filter(
      (inputs) => takesKinds(op, inputs) && op.infer({ parameters, inputs }).ok,
    );
    const uniform = accepted.filter((inputs) => new Set(Object.values(inputs)).size <= 1);
    // Inputs of different kinds matter where the same kind does not do.
    if (accepted.length > 0) return uniform.length > 0 ? uniform : accepted;
  }
  return [];
}

function shapeCases(op: OpDefinition, parameters: Parameters, accepted: readonly Types[]): readonly ShapeCase[] {
  return accepted.map((inputs) => ({
    inputs,
    outputs: Object.fromEntries(op.outputs.map((port) => [port, explainOutput(op, port, parameters, inputs) ?? []])),
  }));
}

function formulaSection(op: OpDefinition): Section {
  const { formula } = op.documentation;
  const content: Content =
    formula !== undefined
      ? { kind: 'formula', text: formula }
      : { kind: 'text', text: WITHOUT_FORMULA[op.family] ?? '' };
  return { title: 'Formula', content: [content] };
}

/** Why an op of this family may do without a formula; the others need one. */
export const WITHOUT_FORMULA: Readonly<Partial<Record<OpFamily, string>>> = {
  input: 'It computes nothing: values enter here.',
  output: 'It computes nothing of its own: values leave here.',
  arrangement: 'It computes nothing: values only change their places.',
};

function writeInitializer(initializer: Initializer): string {
  switch (initializer.kind) {
    case 'constant':
      return String(initializer.value);
    case 'stored':
      return 'stored';
    case 'zeros':
      return '0';
    case 'ones':
      return '1';
    case 'heNormal':
      return 'He normal';
    case 'glorotUniform':
      return 'Glorot uniform';
    case 'uniform':
      return `uniform within ±${Number(initializer.limit.toPrecision(3))}`;
    case 'normal':
      return `normal, σ = ${initializer.standardDeviation}`;
    case 'truncatedNormal':
      return `normal within 2σ, σ = ${initializer.standardDeviation}`;
  }
}

function weightSection(op: OpDefinition, parameters: Parameters, accepted: readonly Types[]): Section | undefined {
  // Optional weights appear when the parameter that asks for them is on.
  const generous = op.parameters.safeParse({
    ...parameters,
    ...Object.fromEntries(
      Object.entries(parameters)
        .filter(([, value]) => value === false)
        .map(([name]) => [name, true]),
    ),
  });
  const given = generous.success ? generous.data : parameters;
  const inputs = accepted.find((types) => (op.weights?.({ parameters: given, inputs: types }) ?? null) !== null);
  const weights = inputs === undefined ? undefined : op.weights?.({ parameters: given, inputs });
  if (inputs === undefined || weights === undefined || weights === null) return undefined;
  const standard = op.weights?.({ parameters, inputs }) ?? {};
  const rows = Object.entries(weights).flatMap(([name, spec]) => {
    if (spec === undefined) return [];
    const explained = explainSizes(
      (tried, types) => op.weights?.({ parameters: tried, inputs: types })?.[name]?.dims,
      op.parameters,
      given,
      inputs,
    );
    const dims = explained?.map(({ rule }) => writeSizeRule(rule, (place) => nameOfAxis(inputs, place)));
    const optional = standard[name] === undefined ? ' (optional)' : '';
    const role = spec.trainable ? 'learned' : 'kept, not learned';
    return [
      [`\`${name}\`${optional}`, (dims ?? spec.dims.map(String)).join(' × '), writeInitializer(spec.initializer), role],
    ];
  });
  if (rows.length === 0) return undefined;
  return {
    title: 'Weights',
    content: [{ kind: 'table', head: ['Weight', 'Size', 'Starts as', 'Role'], rows }],
  };
}

function costSection(op: OpDefinition, parameters: Parameters, accepted: readonly Types[]): Section | undefined {
  const [inputs] = accepted;
  if (inputs === undefined || op.inputs.length === 0) return undefined;
  const result = op.infer({ parameters, inputs });
  if (!result.ok) return undefined;
  const macs = op.macs?.({ parameters, inputs, outputs: result.value }) ?? 0;
  const kernel = op.weights?.({ parameters, inputs })?.['kernel'];
  const [output] = Object.values(result.value);
  const elements = (dims: readonly number[]): number => dims.reduce((product, size) => product * size, 1);
  const positions = output === undefined ? null : elementCount({ ...output, axes: output.axes.slice(0, -1) });
  const byKernel = kernel !== undefined && positions !== null && macs === positions * elements(kernel.dims);
  const text =
    macs === 0
      ? 'No multiply-accumulates as the field counts them: only convolutions and linear maps are counted.'
      : `${byKernel ? 'One multiply-accumulate for each element of `kernel` at each position of the output. ' : ''}For example ${grouped(macs)} from ${Object.values(inputs).map(describeShape).join(' and ')} with default parameters.`;
  const [port] = op.inputs;
  const input = inputs[port ?? ''];
  if (port === undefined || input === undefined || output === undefined) {
    return { title: 'Costs', content: [{ kind: 'text', text }] };
  }
  const [first, second] = windowOf(op, parameters, port, inputs, output);
  const whole = !Number.isFinite(first.extent) || !Number.isFinite(second.extent);
  const isPoint = [first, second].every(({ extent, stride }) => extent === 1 && stride === 1);
  const field = whole
    ? 'Every value of the output sees the whole input.'
    : isPoint
      ? 'Every position of the output sees its own position of the input.'
      : `With default parameters every position of the output sees ${first.extent}×${second.extent} positions of the input, ${first.stride}×${second.stride} apart.`;
  return {
    title: 'Costs and receptive field',
    content: [
      { kind: 'text', text },
      { kind: 'text', text: field },
    ],
  };
}

const LONGEST_EXAMPLE = 24;

function writeTensor({ dims, data }: { readonly dims: readonly number[]; readonly data: readonly number[] }): string {
  const shown = data.slice(0, LONGEST_EXAMPLE).map((value) => String(Number(value.toPrecision(5))));
  return `[${dims.join(', ')}]: ${shown.join(' ')}${data.length > LONGEST_EXAMPLE ? ' …' : ''}`;
}

function exampleSection(op: OpDefinition): Section | undefined {
  const [vector] = op.vectors;
  if (vector === undefined) return undefined;
  const given = Object.entries(vector.parameters).map(([name, value]) => `\`${name}\` ${JSON.stringify(value)}`);
  const rows: [string, string][] = [
    ...Object.entries(vector.inputs).map(([port, tensor]): [string, string] => [port, writeTensor(tensor)]),
    ...Object.entries(vector.weights ?? {}).map(([name, data]): [string, string] => [
      name,
      writeTensor({ dims: [data?.length ?? 0], data: data ?? [] }),
    ]),
    [op.outputs[0] ?? 'output', writeTensor(vector.output)],
  ];
  return {
    title: 'Worked example',
    content: [
      { kind: 'text', text: `${capitalized(vector.name)}${given.length === 0 ? '' : `, with ${given.join(', ')}`}.` },
      { kind: 'table', head: ['Value', 'Size and elements'], rows },
    ],
  };
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function onnxSection(op: OpDefinition): Section | undefined {
  const operators = onnxOperators(op);
  if (operators.length === 0) return undefined;
  return {
    title: 'ONNX',
    content: [{ kind: 'text', text: `Exported as ${operators.map((name) => `\`${name}\``).join(', ')}.` }],
  };
}

/** What comes out of the op while it is switched off. */
function switchSection({ family, inputs }: OpDefinition, isPort: boolean): Section {
  const [first] = inputs;
  const text = isPort
    ? 'Muted, zeros pass through the port.'
    : family === 'input'
      ? 'Muted, zeros of its shape take its place, and it needs no data.'
      : family === 'output'
        ? 'Muted or bypassed, it neither predicts nor counts in the loss.'
        : `Bypassed, what comes in${inputs.length > 1 ? ` at \`${first ?? ''}\`` : ''} goes on unchanged. Muted, zeros in the shape of the output come out. Either way it has no weights and costs nothing.`;
  return { title: 'Bypassed or muted', content: [{ kind: 'text', text }] };
}

/** The page of an op, worked out from its definition. */
export function opPage(op: OpDefinition): ReferencePage {
  const { title, summary, source, keywords = [] } = op.documentation;
  const defaults = op.parameters.safeParse({});
  const parameters: Parameters = defaults.success ? defaults.data : {};
  const accepted = acceptedInputs(op, parameters);
  const isPort = op.type === BLOCK_INPUT || op.type === BLOCK_OUTPUT;
  const shapes = isPort
    ? [{ kind: 'text', text: 'Whatever passes through the port of the block.' } satisfies Content]
    : op.outputs.length === 0
      ? [{ kind: 'text', text: 'Nothing comes out.' } satisfies Content]
      : shapeContent(shapeCases(op, parameters, accepted));
  const ports = [
    op.inputs.length === 0 ? 'No inputs' : `Inputs: ${op.inputs.map((port) => `\`${port}\``).join(', ')}`,
    ...((op.optionalInputs ?? []).length === 0
      ? []
      : [`optional: ${(op.optionalInputs ?? []).map((port) => `\`${port}\``).join(', ')}`]),
    op.outputs.length === 0 ? 'no outputs' : `outputs: ${op.outputs.map((port) => `\`${port}\``).join(', ')}`,
  ].join('; ');
  const sections: readonly (Section | undefined)[] = [
    formulaSection(op),
    { title: 'Shape rule', content: shapes },
    { title: 'Parameters', content: [parameterTable(op.parameters)] },
    { title: 'Ports', content: [{ kind: 'text', text: `${ports}.` }] },
    weightSection(op, parameters, accepted),
    isPort ? undefined : costSection(op, parameters, accepted),
    exampleSection(op),
    switchSection(op, isPort),
    onnxSection(op),
    source === undefined ? undefined : { title: 'Source', content: [{ kind: 'links', links: sourceLinks(source) }] },
    keywords.length === 0
      ? undefined
      : { title: 'Also called', content: [{ kind: 'text', text: `${keywords.join(', ')}.` }] },
  ];
  return { kind: 'op', id: op.type, title, summary, sections: sections.filter((one) => one !== undefined) };
}
