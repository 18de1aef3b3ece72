import { isImage, kindOf, lastAxis } from '../../core/shape.ts';
import type { SkipwireDocument } from '../../document/schema.ts';
import type { InferredDocument } from '../../infer/inferDocument.ts';
import { walkInstances } from '../../lower/walkInstances.ts';
import { opNamed } from '../../ops/index.ts';
import { EXTERNAL_DATA_THRESHOLD } from './encodeModel.ts';
import { exportOnnx, type OnnxExport } from './exportOnnx.ts';
import { LARGEST_FLOAT16 } from './float16.ts';
import { type ForcedOpset, forcedOpset, keptOperators } from './keptOperators.ts';
import type { OnnxValue } from './onnxGraph.ts';
import type { OnnxOptions } from './onnxOptions.ts';
import { describeOpset } from './opsets.ts';
import { wholeContent } from './tensorContent.ts';

/** An input or output of the file, as a line. */
export interface OnnxEnd {
  readonly name: string;
  /** `float32 [batch, 3, 32, 32]`. */
  readonly type: string;
}

/** What a file will be, before it is written. */
export interface OnnxDescription {
  /** The inputs of the document; weights that are inputs too are counted apart. */
  readonly inputs: readonly OnnxEnd[];
  readonly outputs: readonly OnnxEnd[];
  readonly weightInputs: number;
  /** Operators by type, the most frequent first. */
  readonly operators: readonly { readonly type: string; readonly count: number }[];
  readonly modelBytes: number;
  /** Of the file beside the model; zero where there is none. */
  readonly dataBytes: number;
  readonly opset: string;
  /** What operators that are kept from a file say of it, where it is not that which is asked for. */
  readonly forced: ForcedOpset | undefined;
  /** Batch normalizations: folded, or that would be with the option; and those that cannot be, with why. */
  readonly foldable: number;
  readonly unfoldable: readonly { readonly name: string; readonly reason: string }[];
  /** Whether an output answers scores and probabilities, so that there is a choice. */
  readonly hasProbabilities: boolean;
  /** What the file has no longer, or no longer exactly, each with why. */
  readonly lossy: readonly string[];
}

/** Bytes of weights from which they lie beside the model, for each wish. */
export const externalThresholds = {
  auto: EXTERNAL_DATA_THRESHOLD,
  always: 0,
  never: Infinity,
} as const satisfies Record<OnnxOptions['external'], number>;

/**
 * Describes the file that an export would write; no weight is looked at. Throws for a document with errors, and as
 * `exportOnnx` does where the file cannot be written.
 */
export function describeOnnx(
  document: SkipwireDocument,
  inferred: InferredDocument,
  { normalize, external, ...options }: OnnxOptions,
): OnnxDescription {
  const write = (fold: boolean): OnnxExport =>
    exportOnnx({
      document,
      inferred,
      weights: () => new Float32Array(),
      options: { ...options, foldNormalization: fold },
      producerVersion: '',
      external: { location: 'model.onnx.data', threshold: externalThresholds[external] },
      normalization: normalize ? someNormalization(document, inferred) : undefined,
    });
  const model = write(options.foldNormalization);
  const { graph } = model;
  const named = new Set(model.inputs.map(({ name }) => name));
  const counts = new Map<string, number>();
  for (const { opType } of graph.nodes) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  const norms = counts.get('BatchNormalization') ?? 0;
  const folding = model.folding ?? (norms > 0 && options.weights === 'inside' ? write(true).folding : null);
  return {
    inputs: graph.inputs.filter(({ name }) => named.has(name)).map(describeEnd),
    outputs: graph.outputs.map(describeEnd),
    weightInputs: graph.inputs.length - named.size,
    operators: [...counts].map(([type, count]) => ({ type, count })).toSorted((a, b) => b.count - a.count),
    modelBytes: model.modelBytes,
    dataBytes: model.external?.bytes ?? 0,
    opset: describeOpset(model.options.opset),
    forced: forcedOpset(keptOperators(document), options.opset),
    foldable: folding?.folded ?? 0,
    unfoldable: folding?.left ?? [],
    hasProbabilities: model.outputs.some(({ types }) => 'probabilities' in types && 'logits' in types),
    lossy: [...lostFromDocument(document, inferred), ...lostPrecision(model)],
  };
}

function describeEnd({ name, dims, dtype }: OnnxValue): OnnxEnd {
  return { name, type: `${dtype} [${dims.join(', ')}]` };
}

/** Numbers do not matter to what is described here. */
function someNormalization(document: SkipwireDocument, { root }: InferredDocument) {
  const found = new Map<string, { mean: readonly number[]; deviation: readonly number[] }>();
  walkInstances<null>(document, root, {
    visit({ path, op, inferred }) {
      const type = inferred.outputs['output'];
      if (opNamed(op)?.family === 'input' && type !== undefined && kindOf(type) === 'numbers') {
        const size = (isImage(type) ? lastAxis(type)?.size : type.axes.at(-1)?.size) ?? 1;
        const ones = Array.from({ length: size }, () => 1);
        found.set(path, { mean: ones, deviation: ones });
      }
      return Object.fromEntries(Object.keys(inferred.outputs).map((port) => [port, null]));
    },
    zeros: () => null,
  });
  return found;
}

function lostFromDocument(document: SkipwireDocument, { root }: InferredDocument): readonly string[] {
  let idle = 0;
  walkInstances<null>(document, root, {
    visit({ op, inferred }) {
      if (opNamed(op)?.family === 'regularization') idle += 1;
      return Object.fromEntries(Object.keys(inferred.outputs).map((port) => [port, null]));
    },
    zeros: () => null,
  });
  const blocks = Object.values(document.graph.nodes).some((node) => 'block' in node);
  return [
    ...(blocks
      ? ['Blocks and repetitions are written out: ONNX has no blocks with parameters. Names tell where each came from.']
      : []),
    ...(idle > 0
      ? [`${idle} dropout ${idle === 1 ? 'node is' : 'nodes are'} left out: in prediction they do nothing.`]
      : []),
    'Loss, optimizer and training settings stay behind: the file predicts.',
  ];
}

function lostPrecision({ graph, options }: OnnxExport): readonly string[] {
  if (options.precision === 'float32') return [];
  const large = graph.initializers.filter(
    ({ dtype, isWeight, content }) =>
      dtype === 'float16' && !isWeight && wholeContent(content).some((value) => Math.abs(value) > LARGEST_FLOAT16),
  );
  const kept = graph.nodes.filter((node) => node.kept !== undefined).length;
  return [
    ...(kept > 0
      ? [
          `${kept} ${kept === 1 ? 'operator' : 'operators'} kept from a file stay as they were, with their constants: float32.`,
        ]
      : []),
    'Weights and results are rounded to three digits; answers differ by up to a hundredth. Norms that are not folded are calculated in float32.',
    ...(large.length > 0
      ? [
          `${large.length} ${large.length === 1 ? 'constant' : 'constants'} beyond ±65 504 become that: scores of masked positions, which stay as good as never.`,
        ]
      : []),
    ...(options.weights === 'inside'
      ? ['Weights beyond ±65 504 become that, and those below 0.00000003 zero; the export counts both.']
      : []),
  ];
}
