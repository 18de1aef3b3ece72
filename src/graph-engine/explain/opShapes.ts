import type { OpDefinition } from '../core/opDefinition.ts';
import type { AxisName } from '../core/shape.ts';
import { parameterVariants, type ParameterVariant } from './parameterVariants.ts';
import { sizeRules, type Measure, type Parameters, type SizeRule, type Types } from './sizeRules.ts';

/** How one axis of an output comes about, and which parameters have a say in it. */
export interface AxisExplanation {
  readonly axis: AxisName;
  readonly size: number | null;
  readonly rule: SizeRule;
  /** For each parameter that matters: one other value of it, and the rule that would then hold. */
  readonly influences: readonly { readonly parameter: string; readonly value: unknown; readonly rule: SizeRule }[];
}

/** The sizes of one output of an op. */
export function measureOutput(op: OpDefinition, port: string): Measure {
  return (parameters, inputs) => {
    const result = op.infer({ parameters, inputs });
    const type = result.ok ? result.value[port] : undefined;
    return type?.axes.map((axis) => axis.size ?? -1);
  };
}

function sameRule(a: SizeRule | undefined, b: SizeRule | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function componentsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** A constant that follows a parameter wherever that goes is that parameter. */
function nameConstants(
  rules: readonly SizeRule[],
  parameters: Parameters,
  variants: readonly (ParameterVariant & { readonly rules: readonly SizeRule[] })[],
): readonly SizeRule[] {
  return rules.map((rule, index) => {
    if (rule.kind !== 'constant') return rule;
    const follows = Object.keys(parameters).find((name) => {
      const own = variants.filter(({ parameter }) => parameter === name);
      const places = componentsOf(parameters[name]).length;
      const component = Array.from({ length: places }, (_, i) => i).find((i) => {
        const holds = (given: unknown, value: SizeRule | undefined): boolean =>
          value?.kind === 'constant' && componentsOf(given)[i] === value.value;
        return (
          own.length > 0 &&
          holds(parameters[name], rule) &&
          own.every(({ value, rules: others }) => holds(value, others[index]))
        );
      });
      return component !== undefined;
    });
    return follows === undefined ? rule : { ...rule, parameter: follows };
  });
}

/** Works out how sizes follow from inputs and parameters, all by trying; `undefined` when the base is refused. */
export function explainSizes(
  measure: Measure,
  schema: OpDefinition['parameters'],
  parameters: Parameters,
  inputs: Types,
): readonly Omit<AxisExplanation, 'axis' | 'size'>[] | undefined {
  const rules = sizeRules(measure, parameters, inputs);
  if (rules === undefined) return undefined;
  const variants = parameterVariants(schema, parameters).flatMap((variant) => {
    const changed = sizeRules(measure, variant.parameters, inputs);
    return changed?.length === rules.length ? [{ ...variant, rules: changed }] : [];
  });
  return nameConstants(rules, parameters, variants).map((rule, index) => {
    // A size that is a parameter says so already.
    const seen = new Set<string>(rule.kind === 'constant' && rule.parameter !== undefined ? [rule.parameter] : []);
    const influences = variants.flatMap(({ parameter, value, rules: changed }) => {
      const other = changed[index];
      if (other === undefined || seen.has(parameter) || sameRule(rules[index], other)) return [];
      seen.add(parameter);
      return [{ parameter, value, rule: other }];
    });
    return { rule, influences };
  });
}

/** How the sizes of one output of an op come about with these parameters and inputs. */
export function explainOutput(
  op: OpDefinition,
  port: string,
  parameters: Parameters,
  inputs: Types,
): readonly AxisExplanation[] | undefined {
  const result = op.infer({ parameters, inputs });
  const type = result.ok ? result.value[port] : undefined;
  if (type === undefined) return undefined;
  const explained = explainSizes(measureOutput(op, port), op.parameters, parameters, inputs);
  return explained?.flatMap((one, index) => {
    const axis = type.axes[index];
    return axis === undefined ? [] : [{ axis: axis.name, size: axis.size, ...one }];
  });
}
