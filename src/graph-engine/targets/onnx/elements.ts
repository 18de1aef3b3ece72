import type { OnnxElement, OnnxGraph, OnnxNode } from './onnxGraph.ts';

/** TensorProto.DataType of onnx.proto, as Cast takes it. */
export const CAST_TO = { float32: 1, float16: 10 } as const;
const ELEMENT_OF: Readonly<Record<number, OnnxElement>> = { 1: 'float32', 6: 'int32', 7: 'int64', 10: 'float16' };

/** What a value consists of; `unknown` where only a file that it was kept from says it. */
export type Element = OnnxElement | 'bool' | 'unknown';

/** What the ends and the constants of a graph consist of, and values that are described: what is known before its nodes. */
export function declaredElements({ inputs, outputs, inner, initializers }: OnnxGraph): Map<string, Element> {
  const values = [...inputs, ...outputs, ...inner].map(
    ({ name, dtype, kept }) => [name, kept ? 'unknown' : dtype] as const,
  );
  const constants = initializers.map(({ name, dtype, kept }) => [name, kept ? 'unknown' : dtype] as const);
  return new Map<string, Element>([...values, ...constants]);
}

/** What a node answers with, given what it takes; `declared` is asked about nodes kept from a file. */
export function answersOf(
  node: OnnxNode,
  takes: (input: string) => Element,
  declared: (output: string) => Element,
): readonly Element[] {
  const { opType, inputs, outputs, attributes, kept } = node;
  if (kept !== undefined) return outputs.map(declared);
  const first = takes((opType === 'Where' ? inputs[1] : inputs[0]) ?? '');
  switch (opType) {
    case 'Shape':
      return ['int64'];
    case 'Greater':
    case 'Equal':
      return ['bool'];
    case 'Cast':
      return [ELEMENT_OF[Number(attributes['to'])] ?? 'unknown'];
    // The second result are places.
    case 'TopK':
      return [first, 'int64'];
    default:
      return outputs.map(() => first);
  }
}

/** What every value of a graph consists of. */
export function elementsOf(graph: OnnxGraph): ReadonlyMap<string, Element> {
  const declared = declaredElements(graph);
  const elements = new Map(declared);
  for (const node of graph.nodes) {
    const answers = answersOf(
      node,
      (name) => elements.get(name) ?? 'unknown',
      (name) => declared.get(name) ?? 'unknown',
    );
    node.outputs.forEach((name, i) => elements.set(name, answers[i] ?? 'unknown'));
  }
  return elements;
}
