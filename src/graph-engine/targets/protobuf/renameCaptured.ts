import { clone } from '@bufbuild/protobuf';
import { AttributeProtoSchema, type AttributeProto, type GraphProto } from './generated/onnx_pb.js';

/** The same attribute with other names for the values around it that its subgraphs use. */
export function renameCaptured(attribute: AttributeProto, names: ReadonlyMap<string, string>): AttributeProto {
  if (attribute.g === undefined && attribute.graphs.length === 0) return attribute;
  const copy = clone(AttributeProtoSchema, attribute);
  for (const graph of subgraphsOf(copy)) rename(graph, names, new Set());
  return copy;
}

function subgraphsOf({ g, graphs }: AttributeProto): readonly GraphProto[] {
  return [...(g === undefined ? [] : [g]), ...graphs];
}

function rename(graph: GraphProto, names: ReadonlyMap<string, string>, around: ReadonlySet<string>): void {
  const own = new Set(around);
  for (const { name } of [...graph.input, ...graph.initializer]) own.add(name);
  for (const { output } of graph.node) for (const name of output) own.add(name);
  const now = (name: string): string => (own.has(name) ? name : (names.get(name) ?? name));
  for (const node of graph.node) {
    node.input = node.input.map(now);
    for (const attribute of node.attribute) for (const inner of subgraphsOf(attribute)) rename(inner, names, own);
  }
  for (const output of graph.output) output.name = now(output.name);
}
