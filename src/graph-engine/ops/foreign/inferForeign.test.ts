import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { formatShape } from '../../core/shape.ts';
import { nodesOf } from '../../document/graphs.ts';
import { SkipwireDocument, type NodeId } from '../../document/schema.ts';
import { inferDocument } from '../../infer/inferDocument.ts';
import { importOnnx } from '../../sources/onnx/importOnnx.ts';
import { ModelProtoSchema } from '../../targets/protobuf/generated/onnx_pb.js';

type Nodes = NonNullable<NonNullable<MessageInitShape<typeof ModelProtoSchema>['graph']>['node']>;

/** A model of an image `[batch, 4, 8, 8]` as a document. */
function imported(node: Nodes): SkipwireDocument {
  const dims = [
    { case: 'dimParam' as const, value: 'n' },
    ...[4n, 8n, 8n].map((value) => ({ case: 'dimValue' as const, value })),
  ];
  const type = {
    case: 'tensorType' as const,
    value: { elemType: 1, shape: { dim: dims.map((value) => ({ value })) } },
  };
  const graph = { node, input: [{ name: 'x', type: { value: type } }], output: [{ name: 'y' }] };
  const model = create(ModelProtoSchema, { irVersion: 10n, opsetImport: [{ version: 21n }], graph });
  const result = importOnnx(toBinary(ModelProtoSchema, model), { name: 'model' });
  if (!result.ok) throw new Error(result.error.message);
  return result.value.document;
}

/** The types at the first outputs of all nodes of an operator, before and after the input became 6 × 6 with 3 channels. */
function typesOf(document: SkipwireDocument, operator: string): readonly string[] {
  const edited = structuredClone(document) as { graph: { nodes: Record<string, { op?: string; parameters: object }> } };
  for (const node of Object.values(edited.graph.nodes)) {
    if (node.op === 'input') node.parameters = { height: 6, width: 6, channels: 3 };
  }
  return [document, SkipwireDocument.parse(edited)].map((one) => {
    const { nodes } = inferDocument(one).root;
    const [id = ''] =
      nodesOf(one.graph).find(([, node]) => 'op' in node && node.parameters['operator'] === operator) ?? [];
    const type = Object.values(nodes.get(id as NodeId)?.outputs ?? {})[0];
    return type === undefined ? 'none' : formatShape(type);
  });
}

const ints = (name: string, ...values: readonly bigint[]) => ({ name, type: 7, ints: [...values] });

test('a kept operator whose rule of shapes is known follows an edit before it', () => {
  const document = imported([
    { opType: 'LRN', input: ['x'], output: ['y'], attribute: [{ name: 'size', type: 2, i: 3n }] },
  ]);
  expect(typesOf(document, 'LRN')).toEqual(['8×8×4', '6×6×3']);
});

test('so do values of kinds that are not known here, as far as no number of the file says otherwise', () => {
  const document = imported([
    { opType: 'TopK', input: ['x', 'count'], output: ['best', 'places'] },
    { opType: 'Constant', output: ['count'], attribute: [ints('value_ints', 2n)] },
    { opType: 'Cast', input: ['places'], output: ['y'], attribute: [{ name: 'to', type: 2, i: 6n }] },
  ]);
  expect(typesOf(document, 'Cast')).toEqual(['int32 [batch, 4, 8, 2]', 'int32 [batch, 3, 6, 2]']);
});

test('where numbers would have to be known, or no rule is, nothing is said rather than what was', () => {
  const reshaped = imported([
    { opType: 'NonZero', input: ['x'], output: ['places'] },
    { opType: 'Size', input: ['x'], output: ['count'] },
    { opType: 'Unsqueeze', input: ['count', 'first'], output: ['row'] },
    { opType: 'Constant', output: ['first'], attribute: [ints('value_ints', 0n)] },
    { opType: 'Expand', input: ['places', 'row'], output: ['y'] },
  ]);
  expect(typesOf(reshaped, 'Size')[1]).toBe('int64 [], changed');
  expect(typesOf(reshaped, 'Unsqueeze')[1]).toBe('int64 [1], changed');
  expect(typesOf(reshaped, 'Expand')[1]).toBe('unknown');
  const custom = imported([{ opType: 'Blur', domain: 'com.example', input: ['x'], output: ['y'] }]);
  expect(typesOf(custom, 'Blur')).toEqual(['unknown', 'unknown']);
});
