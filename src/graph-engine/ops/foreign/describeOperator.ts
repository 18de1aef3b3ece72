import type { OpDefinition } from '../../core/opDefinition.ts';
import { isOfQuantized } from './quantized.ts';

/** What a node is, in words. */
export interface OperatorWords {
  readonly title: string;
  readonly summary: string;
}

const QUANTIZED =
  'It is kept as the file has it: it shows, tells its shapes, and is written into ONNX files again, but it is not trained.';

/** What an operator is that was kept from a file; `undefined` where the words of its op say it. */
export function describeOperator(
  op: OpDefinition,
  parameters: Readonly<Record<string, unknown>>,
): OperatorWords | undefined {
  const { operator, domain } = parameters;
  if (op.family !== 'foreign' || typeof operator !== 'string') return undefined;
  const { summary } = op.documentation;
  if (typeof domain === 'string' && domain !== '') return { title: `${domain}.${operator}`, summary };
  if (!isOfQuantized(operator)) return { title: `${operator} (ONNX operator)`, summary };
  // A tensor of the file that nothing is wired to.
  if (operator === 'DequantizeLinear' && op.inputs.length === 0) {
    return {
      title: 'DequantizeLinear (quantized weights)',
      summary: `Weights that the file holds as whole numbers with a scale. ${QUANTIZED}`,
    };
  }
  return {
    title: `${operator} (quantized values)`,
    summary: `Part of a quantized network, which computes with whole numbers and a scale. ${QUANTIZED}`,
  };
}
