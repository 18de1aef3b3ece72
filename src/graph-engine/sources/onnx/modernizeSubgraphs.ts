import { clone, create } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  NodeProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
} from '../../targets/protobuf/generated/onnx_pb.js';
import { sourceNodeOf } from './decodeModel.ts';
import { FORM_OPSET, modernizeNode } from './modernizeNode.ts';
import type { SourceNode } from './sourceModel.ts';

/** The same attribute with the nodes of its subgraphs, of an older operator set, in the form of opset 18. */
export function modernizeSubgraphs(attribute: AttributeProto, opset: number): AttributeProto {
  const isPlain = attribute.g === undefined && attribute.graphs.length === 0;
  if (isPlain || opset >= FORM_OPSET) return attribute;
  const copy = clone(AttributeProtoSchema, attribute);
  for (const graph of subgraphsOf(copy)) modernize(graph, opset);
  return copy;
}

function subgraphsOf({ g, graphs }: AttributeProto): readonly GraphProto[] {
  return [...(g === undefined ? [] : [g]), ...graphs];
}

function modernize(graph: GraphProto, opset: number): void {
  const taken = new Set([
    ...[...graph.input, ...graph.initializer].map(({ name }) => name),
    ...graph.node.flatMap(({ input, output }) => [...input, ...output]),
  ]);
  graph.node = graph.node.flatMap((proto): readonly NodeProto[] => {
    for (const attribute of proto.attribute) for (const inner of subgraphsOf(attribute)) modernize(inner, opset);
    const source = sourceNodeOf(proto);
    const modern = modernizeNode(source, {
      opset,
      // Shapes inside are not known: forms that depend on them stay as they are.
      fact: () => undefined,
      constant(hint, tensor) {
        let name = hint;
        for (let count = 2; taken.has(name); count++) name = `${hint}_${count}`;
        taken.add(name);
        graph.initializer.push(tensor.proto(name));
        return name;
      },
    });
    return modern.length === 1 && modern[0] === source ? [proto] : modern.map(protoOf);
  });
}

function protoOf({ name, opType, domain, inputs, outputs, attributes }: SourceNode): NodeProto {
  return create(NodeProtoSchema, {
    name,
    opType,
    domain,
    input: [...inputs],
    output: [...outputs],
    attribute: [...attributes.values()],
  });
}
