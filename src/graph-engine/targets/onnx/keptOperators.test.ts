import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { networkOf } from '../../../../tests/support/networks.ts';
import { NodeProtoSchema, TensorProtoSchema } from '../protobuf/generated/onnx_pb.js';
import { elementsOf } from './elements.ts';
import { halvePrecision } from './halvePrecision.ts';
import { forcedOpset, keptOperators } from './keptOperators.ts';
import { createOnnxGraph } from './onnxGraph.ts';

const keeping = (opset: number) =>
  keptOperators(
    networkOf({
      image: { op: 'input', parameters: { height: 4, width: 4, channels: 1 } },
      odd: { op: 'onnxOperator-1-1', parameters: { operator: 'Hardmax', opset }, inputs: { input1: 'image' } },
      output: { op: 'onnxOutput', inputs: { input: 'odd.output1' } },
    }),
  );

describe('an operator that is kept from a file', () => {
  test('says of which operator set the file is then, and how to agree with it', () => {
    expect(forcedOpset(keeping(17), 21)).toEqual({
      code: 'onnx/kept-opset',
      message: '"odd" (Hardmax) is kept from a file of operator set 17, so the whole file is of that and not of 21.',
      expected: '21',
      received: '17',
      fix: 'Choose operator set 17, or replace the node by one that is known here.',
      opset: 17,
    });
    expect(forcedOpset(keeping(17), 17)).toBeUndefined();
  });

  test('of an operator set that cannot be written is told whatever is chosen', () => {
    expect(forcedOpset(keeping(11), 13)).toMatchObject({
      code: 'onnx/kept-opset-unwritable',
      received: '11',
      opset: 13,
    });
  });

  test('stays float32 in a float16 file, with its constants and what its subgraphs use', () => {
    const graph = createOnnxGraph(21);
    const value = { dims: ['batch', 2], dtype: 'float32' as const, documentation: '' };
    const x = graph.input('x', value);
    const half = graph.node('half', { opType: 'Relu', inputs: [x], attributes: {}, documentation: '' });
    const constant = graph.initializer('table', {
      dims: [2],
      dtype: 'float32',
      isWeight: false,
      content: { kind: 'integers', values: [] },
      kept: create(TensorProtoSchema, { name: 'table', dims: [2n], dataType: 1, floatData: [1, 2] }),
    });
    const [odd = ''] = graph.nodes(
      'odd',
      {
        opType: 'Odd',
        inputs: [half, constant],
        attributes: {},
        documentation: '',
        kept: { node: create(NodeProtoSchema, { opType: 'Odd' }), captured: new Map([['outer', half]]) },
      },
      ['odd'],
    );
    graph.describe({ ...value, name: odd });
    const last = graph.node('last', { opType: 'Relu', inputs: [odd], attributes: {}, documentation: '' });
    graph.output('y', last, value);

    const halved = halvePrecision(graph.finish(), 'float32');
    const elements = elementsOf(halved);
    const kept = halved.nodes.find(({ opType }) => opType === 'Odd');
    expect(kept?.inputs.map((name) => elements.get(name))).toEqual(['float32', 'unknown']);
    expect(elements.get(kept?.kept?.captured.get('outer') ?? '')).toBe('float32');
    expect(halved.initializers).toMatchObject([{ name: 'table', dtype: 'float32' }]);
    const relus = halved.nodes.filter(({ opType }) => opType === 'Relu');
    expect(relus.flatMap(({ inputs }) => inputs.map((name) => elements.get(name)))).toEqual(['float16', 'float16']);
  });
});
