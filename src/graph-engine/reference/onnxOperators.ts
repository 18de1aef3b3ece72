import type { OpDefinition } from '../core/opDefinition.ts';
import { typeOfInput } from '../core/vectorType.ts';
import { channelsFirstDims } from '../targets/onnx/channelsFirst.ts';
import { emitOp } from '../targets/onnx/emitOp.ts';
import { createOnnxGraph, type OnnxGraphBuilder } from '../targets/onnx/onnxGraph.ts';

/** The ONNX operators that an op becomes, found by exporting its test vectors; none for what is never exported as a node. */
export function onnxOperators(op: OpDefinition): readonly string[] {
  const found = new Set<string>();
  for (const vector of op.vectors) {
    const parameters = op.parameters.parse(vector.parameters);
    const types = Object.fromEntries(
      Object.entries({ ...vector.inputs, ...vector.optional }).flatMap(([port, input]) =>
        input === undefined ? [] : [[port, typeOfInput(input)]],
      ),
    );
    const graph = createOnnxGraph();
    const listening: OnnxGraphBuilder = {
      ...graph,
      node(path, node) {
        found.add(node.opType);
        return graph.node(path, node);
      },
      nodes(path, node, names) {
        found.add(node.opType);
        return graph.nodes(path, node, names);
      },
    };
    const inputs = Object.fromEntries(
      Object.entries(types).map(([port, type]) => [
        port,
        graph.input(port, { dims: channelsFirstDims(type) ?? [], dtype: type.dtype, documentation: '' }),
      ]),
    );
    const weights = op.weights?.({ parameters, inputs: types }) ?? {};
    // Weights are only read when a file is written.
    emitOp(listening, { op, path: op.type, parameters, inputs, types, weights }, () => new Float32Array());
  }
  return [...found];
}
