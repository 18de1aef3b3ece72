import type { OnnxGraph } from './onnxGraph.ts';

/** The structure alone: every weight is an input of the model, after the document's own, and no value of one is in the file. */
export function weightsAsInputs(graph: OnnxGraph): OnnxGraph {
  const weights = graph.initializers.filter(({ isWeight }) => isWeight);
  return {
    ...graph,
    initializers: graph.initializers.filter(({ isWeight }) => !isWeight),
    inputs: [
      ...graph.inputs,
      ...weights.map(({ name, dims, dtype }) => ({ name, dims, dtype, documentation: 'A weight' })),
    ],
  };
}
