import type { OpDefinition, OpVector } from '../../src/graph-engine/core/opDefinition.ts';
import type { TensorType } from '../../src/graph-engine/core/shape.ts';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { opDefinitions } from '../../src/graph-engine/ops/index.ts';
import { channelsFirstDims } from '../../src/graph-engine/targets/onnx/channelsFirst.ts';
import { emitOp } from '../../src/graph-engine/targets/onnx/emitOp.ts';
import { encodeModel } from '../../src/graph-engine/targets/onnx/encodeModel.ts';
import { exportOnnx, type ExportOnnxOptions, type OnnxExport } from '../../src/graph-engine/targets/onnx/exportOnnx.ts';
import { createOnnxGraph } from '../../src/graph-engine/targets/onnx/onnxGraph.ts';
import { mapInputs, outputsOf, typeOfInput } from '../../src/graph-engine/testing/lowerVector.ts';

export type ExportedWith = NonNullable<ExportOnnxOptions['options']> &
  Pick<ExportOnnxOptions, 'normalization' | 'onLoss'> & { readonly threshold?: number };

/** Exports a document with these weights. */
export function exported(
  document: SkipwireDocument,
  weights: ReadonlyMap<string, Float32Array>,
  { threshold, normalization, onLoss, ...options }: ExportedWith = {},
): OnnxExport {
  return exportOnnx({
    document,
    inferred: inferDocument(document),
    weights: (name) => weights.get(name) ?? missing(name),
    options,
    producerVersion: '0.0.0',
    external: { location: 'model.onnx.data', threshold },
    normalization,
    onLoss,
  });
}

function missing(name: string): never {
  throw new Error(`There are no weights for ${name}`);
}

export interface OpCase {
  readonly title: string;
  readonly op: OpDefinition;
  readonly vector: OpVector<string, string>;
}

/** The vectors of all ops that an exported file, which only predicts, must reproduce. */
export const opCases: readonly OpCase[] = opDefinitions.flatMap((op) =>
  op.vectors
    .filter((vector) => vector.mode !== 'train')
    .map((vector) => ({ title: `${op.type}: ${vector.name}`, op, vector })),
);

/** One op as a model of its own, with the vector's weights; its outputs are named after their ports. */
export function opModel(
  { op, vector }: OpCase,
  opset: number,
): {
  readonly model: Uint8Array;
  /** Of the outputs that the vector tells. */
  readonly types: Readonly<Record<string, TensorType>>;
} {
  const parameters = op.parameters.parse(vector.parameters);
  const types = mapInputs(vector, typeOfInput);
  const inferred = op.infer({ parameters, inputs: types });
  if (!inferred.ok) throw new Error(inferred.error.message);
  const weights = op.weights?.({ parameters, inputs: types }) ?? {};

  const graph = createOnnxGraph(opset);
  const inputs = Object.fromEntries(
    Object.entries(types).map(([port, type]) => [
      port,
      graph.input(port, { dims: channelsFirstDims(type) ?? [], dtype: type.dtype, documentation: '' }),
    ]),
  );
  const outputs = emitOp(graph, { op, path: 'block[2].node', parameters, inputs, types, weights }, (variable) =>
    Float32Array.from(vector.weights?.[variable.replace('block[2].node.', '')] ?? missing(variable)),
  );
  const told = outputsOf(op, vector).map(([port]) => {
    const type = inferred.value[port];
    const source = outputs[port];
    if (type === undefined || source === undefined) throw new Error(`There is no output "${port}"`);
    graph.output(`result.${port}`, source, {
      dims: channelsFirstDims(type) ?? [],
      dtype: type.dtype,
      documentation: '',
    });
    return [`result.${port}`, type] as const;
  });
  const encoded = encodeModel(
    { graph: graph.finish(), graphName: op.type, documentation: '', opset, producerVersion: '0.0.0' },
    { location: 'none', threshold: Infinity },
  );
  return { model: Buffer.concat([...encoded.model()]), types: Object.fromEntries(told) };
}

/** Options together, each at least once with others that it might disturb. */
export const optionCombinations: readonly ExportedWith[] = [
  {},
  { layout: 'channels-last' },
  { layout: 'channels-last', batch: 4, answers: 'probabilities' },
  { foldNormalization: true },
  { foldNormalization: true, layout: 'channels-last', opset: 13 },
  { batch: 1, answers: 'scores' },
  { weights: 'inputs' },
  { weights: 'inputs', precision: 'float16', batch: 3 },
  { precision: 'float16' },
  { precision: 'float16', opset: 13 },
  { precision: 'float16', ends: 'float16' },
  { precision: 'float16', ends: 'float16', layout: 'channels-last', foldNormalization: true },
  { precision: 'float16', layout: 'channels-last', foldNormalization: true, batch: 2, answers: 'scores', opset: 26 },
];
