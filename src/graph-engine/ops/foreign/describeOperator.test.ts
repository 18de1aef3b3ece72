import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { formatShape } from '../../core/shape.ts';
import { nodesOf } from '../../document/graphs.ts';
import { inferDocument } from '../../infer/inferDocument.ts';
import { describeKept } from '../../sources/drawing/describeKept.ts';
import { importOnnx } from '../../sources/onnx/importOnnx.ts';
import { opNamed } from '../index.ts';
import { describeOperator } from './describeOperator.ts';
import { foreignOp, foreignOpType } from './foreignOps.ts';

const file = path.join(import.meta.dirname, '../../../../tests/fixtures/onnx/quantized.onnx');

test('a quantized network says what is quantized in it, and which shapes it has', () => {
  const imported = importOnnx(readFileSync(file), { name: 'quantized' });
  if (!imported.ok) throw new Error(imported.error.message);
  const { document, report } = imported.value;
  const { nodes, diagnostics } = inferDocument(document).root;
  expect(diagnostics).toEqual([]);
  const lines = nodesOf(document.graph).map(([id, node]) => {
    const op = 'op' in node ? opNamed(node.op) : undefined;
    const words = op === undefined ? undefined : describeOperator(op, node.parameters);
    const [type] = Object.values(nodes.get(id)?.outputs ?? {});
    return `${node.name ?? id}: ${words?.title ?? op?.type}, ${type === undefined ? 'no shape' : formatShape(type)}`;
  });
  expect(lines).toEqual([
    'x: input, 8×8×3',
    'conv-bias-quantized: DequantizeLinear (quantized weights), float32 [4]',
    'conv-weight-quantized: DequantizeLinear (quantized weights), float32 [4, 3, 3, 3]',
    'fc-bias-quantized: DequantizeLinear (quantized weights), float32 [5]',
    'fc-weight-quantized: DequantizeLinear (quantized weights), float32 [5, 4]',
    'QuantizeLinear1: QuantizeLinear (quantized values), int8 [batch, 3, 8, 8]',
    'DequantizeLinear1: DequantizeLinear (quantized values), 8×8×3',
    'conv: Conv (ONNX operator), 8×8×4',
    'QuantizeLinear2: QuantizeLinear (quantized values), int8 [batch, 4, 8, 8]',
    'DequantizeLinear2: DequantizeLinear (quantized values), 8×8×4',
    'pool: globalAveragePooling, 4',
    'QuantizeLinear3: QuantizeLinear (quantized values), int8 [batch, 4]',
    'DequantizeLinear3: DequantizeLinear (quantized values), 4',
    'fc-Gemm: Gemm (ONNX operator), 5',
    'QuantizeLinear4: QuantizeLinear (quantized values), int8 [batch, 5]',
    'DequantizeLinear4: DequantizeLinear (quantized values), 5',
    'output: classificationOutput, 5',
  ]);
  expect(describeKept(report.kept)).toEqual([
    { title: 'Known, but not in this form or not behind what is kept', operators: ['Conv ×1', 'Gemm ×1'] },
    {
      title: 'Quantized: computes with whole numbers in place of what was trained',
      operators: ['DequantizeLinear ×8', 'QuantizeLinear ×4'],
    },
  ]);
});

test.each([
  ['Sin', '', 1, 'Sin (ONNX operator)'],
  ['Blur', 'com.example', 1, 'com.example.Blur'],
  ['QLinearConv', '', 3, 'QLinearConv (quantized values)'],
  ['DequantizeLinear', '', 1, 'DequantizeLinear (quantized values)'],
  ['DequantizeLinear', '', 0, 'DequantizeLinear (quantized weights)'],
])('%s of "%s" with %i wires is called %s', (operator, domain, inputs, title) => {
  const op = foreignOp(foreignOpType(inputs, 1));
  expect(op && describeOperator(op, { operator, domain })?.title).toBe(title);
});
