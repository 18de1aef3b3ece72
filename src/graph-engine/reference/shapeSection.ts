import { kindOf } from '../core/shape.ts';
import type { AxisExplanation } from '../explain/opShapes.ts';
import { writeValue } from '../explain/parameterVariants.ts';
import { nameOfAxis, writeSizeRule, type InputAxis, type SizeRule, type Types } from '../explain/sizeRules.ts';
import type { Content } from './referencePage.ts';

/** What one kind of value becomes: the axes of each output, by port. */
export interface ShapeCase {
  readonly inputs: Types;
  readonly outputs: Readonly<Record<string, readonly AxisExplanation[]>>;
}

function kindsOf(inputs: Types): string {
  const kinds = [
    ...new Set(
      Object.values(inputs).map((type) => {
        const kind = kindOf(type);
        if (kind === 'tokens') return 'token numbers';
        const axes = type.axes.map(({ name }) => name).join(' × ');
        return kind === 'table' ? `a table of weights (${axes})` : axes;
      }),
    ),
  ];
  return kinds.join(', ');
}

function isSameAxis({ axis, rule }: AxisExplanation, inputs: Types): boolean {
  return (
    rule.kind === 'expression' &&
    rule.expression.scale === 1 &&
    rule.expression.divisor === 1 &&
    rule.expression.offset === 0 &&
    inputs[rule.of.port]?.axes[rule.of.index]?.name === axis
  );
}

/** Whether an output has the shape of the inputs, whatever the parameters are. */
function keepsShape({ inputs, outputs }: ShapeCase): boolean {
  return Object.values(outputs).every(
    (axes) =>
      axes.length > 0 &&
      axes.length === Object.values(inputs)[0]?.axes.length &&
      axes.every((axis) => isSameAxis(axis, inputs) && axis.influences.length === 0),
  );
}

/** The shape rule of an op or block as a reader wants it: what stays is said in a line, the rest axis by axis. */
export function shapeContent(cases: readonly ShapeCase[]): readonly Content[] {
  const kept = cases.filter(keepsShape);
  const changed = cases.filter((one) => !keepsShape(one));
  const content: Content[] = [];
  if (kept.length > 0) {
    const several = Object.keys(kept[0]?.inputs ?? {}).length > 1;
    const kinds = kept.map(({ inputs }) => kindsOf(inputs)).join('; ');
    const text = several
      ? 'All inputs have one shape, and the output has it too'
      : 'The output has the shape of the input';
    content.push({ kind: 'text', text: `${text}: ${kinds}.` });
  }
  const named = new Set<string>();
  for (const { inputs, outputs } of changed) {
    const rows = Object.entries(outputs).flatMap(([port, axes]) =>
      axes.map(({ axis, rule, influences }) => {
        const write = (one: SizeRule): string => writeSizeRule(one, (place: InputAxis) => nameOfAxis(inputs, place));
        const others = influences
          .map(({ parameter, value, rule: other }) => `${write(other)} with \`${parameter}\` ${writeValue(value)}`)
          .join('; ');
        return [port, axis, write(rule), others];
      }),
    );
    if (rows.length === 0) continue;
    const key = JSON.stringify([kindsOf(inputs), rows]);
    if (named.has(key)) continue;
    named.add(key);
    const entering = Object.keys(inputs).length === 0 ? '' : `From ${kindsOf(inputs)}:`;
    if (entering !== '') content.push({ kind: 'text', text: entering });
    content.push({
      kind: 'table',
      head: ['Output', 'Axis', 'Size', 'Otherwise'],
      rows: rows.map((row) => row.map(String)),
    });
  }
  return content;
}
