import { z } from 'zod';
import { ok } from '../../core/diagnostic.ts';
import { defineOp, type OpDefinition, type WeightSpec } from '../../core/opDefinition.ts';
import type { ControlMeta } from '../../core/parameterSchemas.ts';
import type { ValueKind } from '../../core/shape.ts';
import { foreignTypes } from './foreignTypes.ts';
import { MAXIMUM_BODY, readBody } from './foreignBody.ts';

/** More ports than this on one node are not kept. */
export const MAXIMUM_PORTS = 256;

const anything: readonly ValueKind[] = ['numbers', 'tokens', 'table', 'foreign'];

/** A file says it, and no hand. */
const hidden = { hidden: true } satisfies ControlMeta;

const parameters = z.strictObject({
  operator: z.string().min(1).max(256).describe('The operator of ONNX.').meta(hidden),
  domain: z.string().max(256).default('').describe("Whose operator it is; nothing for ONNX's own.").meta(hidden),
  opset: z.int().min(1).max(1000).default(21).describe('The operator set that it is of.').meta(hidden),
  body: z.string().max(MAXIMUM_BODY).default('').describe('The node as the file had it, in base64.').meta(hidden),
});

const documentation = {
  title: 'ONNX operator',
  shortName: 'operator',
  summary:
    'An operator that was read from a file of another program and is not known here. It is kept as it was: it shows, tells its shapes where they are known, and is written into ONNX files again. It cannot be trained.',
};

/** Names of ports: `input1`, `input2`, … */
export function foreignPorts(kind: 'input' | 'output', count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${kind}${i + 1}`);
}

/** The type of an op that keeps an operator with so many wires in and out. */
export function foreignOpType(inputs: number, outputs: number): string {
  return `onnxOperator-${inputs}-${outputs}`;
}

function neverLowered(): never {
  throw new Error('An operator kept from a file is not computed here');
}

function keptOperator(type: string, inputs: number, outputs: number): OpDefinition {
  const ports = { inputs: foreignPorts('input', inputs), outputs: foreignPorts('output', outputs) };
  return defineOp({
    type,
    version: 1,
    family: 'foreign',
    documentation,
    parameters,
    ...ports,
    accepts: Object.fromEntries(ports.inputs.map((port) => [port, anything])),
    infer: ({ parameters: { body, domain }, inputs: given }) => ok(foreignTypes(readBody(body), domain, ports, given)),
    weights({ parameters: { body } }): Readonly<Record<string, WeightSpec>> {
      return Object.fromEntries(
        outsideTensors(body).map(({ name, dims }) => [
          name,
          { dims: dims.map(Number), initializer: { kind: 'zeros' }, trainable: true },
        ]),
      );
    },
    receptiveField: () => 'everything',
    lower: neverLowered,
    exportOnnx(context) {
      const { body } = context.parameters;
      const graph = readBody(body);
      const [node] = graph?.node ?? [];
      if (graph === undefined || node === undefined) throw new Error(`The operator at "${context.path}" holds no node`);
      const outside = new Set(outsideTensors(body).map(({ name }) => name));
      const names = new Map<string, string>([['', '']]);
      for (const tensor of graph.initializer) {
        const isOutside = outside.has(tensor.name);
        names.set(tensor.name, isOutside ? context.weight(tensor.name) : context.tensor(tensor.name, tensor));
      }
      for (const [i, { name }] of graph.input.entries()) {
        const fed = context.inputs[ports.inputs[i] ?? ''];
        if (fed !== undefined) names.set(name, fed);
      }
      const inputNames = node.input.map((name) => names.get(name) ?? '');
      const used = node.output.map((name) => graph.output.some((output) => output.name === name));
      const made = node.output.map((_, i) => (used[i] === true ? `${context.path}/${i + 1}` : ''));
      const written = context.kept(node, inputNames, made, names);
      const results = written.filter((_, i) => used[i]);
      return Object.fromEntries(ports.outputs.map((port, i) => [port, results[i] ?? '']));
    },
    vectors: [],
  });
}

/** `TensorProto.DataLocation` of tensors whose data lie elsewhere. */
const OUTSIDE = 1;

/** Tensors whose values lie with the weights: they are listed without data. */
function outsideTensors(body: string) {
  return (readBody(body)?.initializer ?? []).filter(({ dataLocation }) => Number(dataLocation) === OUTSIDE);
}

/** A value of the file that is fed and that nothing here knows. */
export const FOREIGN_INPUT = 'onnxInput';
/** A value of the file that is given out and that nothing here knows. */
export const FOREIGN_OUTPUT = 'onnxOutput';

const foreignInput = defineOp({
  type: FOREIGN_INPUT,
  version: 1,
  family: 'input',
  documentation: {
    title: 'ONNX input',
    shortName: 'input',
    summary: 'Where a value enters that was read from an ONNX file and is of a kind that is not known here.',
  },
  parameters: z.strictObject({
    body: z.string().max(MAXIMUM_BODY).default('').describe('Its type as the file had it, in base64.').meta(hidden),
  }),
  inputs: [],
  outputs: ['output'],
  infer({ parameters: { body } }) {
    const types = foreignTypes(readBody(body), '', { inputs: [], outputs: ['output'] }, {});
    return ok({ output: types['output'] ?? { axes: [], dtype: 'float32', foreign: 'unknown' } });
  },
  lower: neverLowered,
  exportOnnx: neverLowered,
  vectors: [],
});

const foreignOutput = defineOp({
  type: FOREIGN_OUTPUT,
  version: 1,
  family: 'output',
  documentation: {
    title: 'ONNX output',
    shortName: 'output',
    summary: 'Gives out a value that was read from an ONNX file and is of a kind that is not known here.',
  },
  parameters: z.strictObject({
    body: z.string().max(MAXIMUM_BODY).default('').describe('Its type as the file had it, in base64.').meta(hidden),
  }),
  inputs: ['input'],
  outputs: ['value'],
  accepts: { input: anything },
  infer: ({ inputs: { input } }) => ok({ value: input }),
  lower: neverLowered,
  exportOnnx: (context) => ({ value: context.inputs.input }),
  vectors: [],
});

const ends = new Map<string, OpDefinition>([
  [FOREIGN_INPUT, foreignInput],
  [FOREIGN_OUTPUT, foreignOutput],
]);
const operators = new Map<string, OpDefinition>();

/** The op of that type that keeps something from a file, or `undefined` for any other type. */
export function foreignOp(type: string): OpDefinition | undefined {
  const known = ends.get(type) ?? operators.get(type);
  if (known !== undefined) return known;
  const [, inputs, outputs] = /^onnxOperator-(\d{1,3})-(\d{1,3})$/.exec(type) ?? [];
  if (inputs === undefined || outputs === undefined) return undefined;
  const counts = [Number(inputs), Number(outputs)] as const;
  if (foreignOpType(...counts) !== type || Math.max(...counts) > MAXIMUM_PORTS) return undefined;
  const op = keptOperator(type, ...counts);
  operators.set(type, op);
  return op;
}

/** Whether a type is that of an op that keeps something from a file: it can be shown and exported, not computed. */
export function isForeignOp(type: string): boolean {
  return foreignOp(type) !== undefined;
}
