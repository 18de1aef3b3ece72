import { BATCH_AXIS } from './channelsFirst.ts';
import { type OnnxGraph, type OnnxInitializer, type OnnxNode, type OnnxValue, withoutDeadNodes } from './onnxGraph.ts';
import { wholeContent } from './tensorContent.ts';

/**
 * Makes a model for exactly so many examples at a time. Shapes that depend on the batch become constants, so that nothing
 * is left to find out when the file runs.
 */
export function fixBatch(graph: OnnxGraph, batch: number): OnnxGraph {
  const fixed = (value: OnnxValue): OnnxValue => ({
    ...value,
    dims: value.dims.map((dim) => (dim === BATCH_AXIS ? batch : dim)),
  });
  const [inputs, outputs, inner] = [graph.inputs.map(fixed), graph.outputs.map(fixed), graph.inner.map(fixed)];
  const shapes = new Map([...inputs, ...inner].map(({ name, dims }) => [name, dims]));
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const known = new Map<string, readonly number[]>();
  const nodes: OnnxNode[] = [];
  const folded: OnnxInitializer[] = [];
  for (const node of graph.nodes) {
    const values = valuesOf(node, (name) => known.get(name) ?? integersOf(constants.get(name)), shapes);
    const [name = ''] = node.outputs;
    if (values === undefined) nodes.push(node);
    else {
      known.set(name, values);
      folded.push({
        name,
        dims: [values.length],
        dtype: 'int64',
        isWeight: false,
        content: { kind: 'integers', values },
      });
    }
  }
  return withoutDeadNodes({ nodes, initializers: [...graph.initializers, ...folded], inputs, outputs, inner });
}

function integersOf(tensor: OnnxInitializer | undefined): readonly number[] | undefined {
  return tensor?.content.kind === 'integers' ? wholeContent(tensor.content) : undefined;
}

/** What a node makes of shapes that are known: the forms in which ops ask for the batch. */
function valuesOf(
  { opType, inputs }: OnnxNode,
  known: (name: string) => readonly number[] | undefined,
  shapes: ReadonlyMap<string, readonly (number | string)[]>,
): readonly number[] | undefined {
  switch (opType) {
    case 'Shape': {
      const dims = shapes.get(inputs[0] ?? '');
      return dims?.every((dim) => typeof dim === 'number') === true ? dims : undefined;
    }
    case 'Gather': {
      const [values, at] = inputs.map(known);
      if (values === undefined || at === undefined) return undefined;
      return at.map((index) => values[index] ?? 0);
    }
    case 'Concat': {
      const parts = inputs.map(known);
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    default:
      return undefined;
  }
}
