import type { AxisName } from '../core/shape.ts';
import type { InferredNode } from '../infer/inferredGraph.ts';
import { opNamed } from '../ops/index.ts';
import { explainOutput } from './opShapes.ts';
import { writeValue } from './parameterVariants.ts';
import { nameOfAxis, writeSizeRule, type InputAxis, type Types } from './sizeRules.ts';

/** Why one axis of an output has its size. */
export interface SizeReason {
  readonly axis: AxisName;
  readonly size: number | null;
  /** `⌈height / 2⌉`, or `filters`. */
  readonly rule: string;
  /** The same with the sizes that came in: `⌈32 / 2⌉`; nothing where the rule is the number already. */
  readonly worked: string | undefined;
  /** The parameters that would change it, with their values: `stride 2`. */
  readonly because: readonly string[];
}

/** Why an op's output has its shape, by output port; empty for blocks and for what is not known yet. */
export function explainNode(node: InferredNode): Readonly<Record<string, readonly SizeReason[]>> {
  if (!('op' in node.node) || node.bypassed || node.parameters === undefined) return {};
  const op = opNamed(node.node.op);
  if (op === undefined) return {};
  const inputs: Record<string, Types[string]> = {};
  for (const [port, type] of Object.entries(node.inputs)) if (type !== undefined) inputs[port] = type;
  if (op.inputs.some((port) => inputs[port] === undefined)) return {};
  const { parameters } = node;
  return Object.fromEntries(
    op.outputs.flatMap((port) => {
      const explained = explainOutput(op, port, parameters, inputs);
      if (explained === undefined || explained.length === 0) return [];
      const sizeAt = ({ port: from, index }: InputAxis): string => String(inputs[from]?.axes[index]?.size ?? '?');
      const reasons = explained.map(({ axis, size, rule, influences }): SizeReason => {
        const own = rule.kind === 'constant' ? rule.parameter : undefined;
        const worked = writeSizeRule(rule, sizeAt);
        return {
          axis,
          size,
          rule: writeSizeRule(rule, (place) => nameOfAxis(inputs, place)),
          worked: rule.kind === 'constant' || worked === String(size) ? undefined : worked,
          because: [...(own === undefined ? [] : [own]), ...influences.map(({ parameter }) => parameter)].map(
            (name) => `${name} ${writeValue(parameters[name])}`,
          ),
        };
      });
      return [[port, reasons]];
    }),
  );
}
