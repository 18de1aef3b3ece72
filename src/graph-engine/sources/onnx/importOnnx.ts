import { fail, ok, type Result } from '../../core/diagnostic.ts';
import { analyseModel, type Analysis, type SizeOfSymbol } from './analyseModel.ts';
import type { ReadExternal } from './constantTensor.ts';
import { decodeModel } from './decodeModel.ts';
import { drawEnds, drawInputs } from './drawEnds.ts';
import { elementTypeName, elementTypes, isFloating, isHalf } from './elementTypes.ts';
import { foldRepeats } from '../drawing/foldRepeats.ts';
import type { ImportedNetwork } from '../drawing/importedNetwork.ts';
import type { KeptNode, KeptReason } from '../drawing/importReport.ts';
import { isOfQuantized } from '../../ops/foreign/quantized.ts';
import { reachable } from '../drawing/reachable.ts';
import { mappersFor } from './mapping/index.ts';
import { keepNode, problemOfKept } from './mapping/keepNode.ts';
import type { DrawnNode } from '../drawing/drawnNode.ts';
import { Mapping } from './mapping/mapping.ts';
import { isSameView, plainView } from '../drawing/view.ts';
import type { SourceModel, SourceNode } from './sourceModel.ts';
import { writeDocument } from '../drawing/writeDocument.ts';

export interface ImportOptions {
  /** Of the document, where the file does not say. */
  readonly name: string;
  /** Data that lie beside the model. */
  readonly external?: ReadExternal;
  /** Sizes of axes that the file leaves open, by their names there. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Told now and then what is being done, and how much of it. */
  readonly onProgress?: (stage: ImportStage, share: number) => void;
}

/** What an import does, in this order. */
export type ImportStage = 'reading' | 'shapes' | 'drawing' | 'writing';

/** Progress is told after so many nodes. */
const NODES_A_TIME = 64;

/** Sizes that are tried for axes that the file leaves open, beside the batch: those of images, those of anything else. */
const IMAGE_SIZES = [224, 256, 128, 64, 32];
const OTHER_SIZES = [128, 64, 32, 16, 8];

/**
 * Reads an ONNX file as a network. What is known here becomes ops with their weights; what is not is kept as it was, shows, and
 * is exported again. A file that is no valid model comes back as a problem.
 */
export function importOnnx(bytes: Uint8Array, options: ImportOptions): Result<ImportedNetwork> {
  const progress = options.onProgress ?? (() => undefined);
  progress('reading', 0);
  const decoded = decodeModel(bytes, options.external ?? (() => undefined));
  if (!decoded.ok) return decoded;
  const model = decoded.value;
  progress('shapes', 0);
  const { analysis, chosen } = analysed(model, options.sizes ?? new Map());
  const mapping = new Mapping(
    analysis,
    model.outputs.map(({ name }) => name),
  );
  drawInputs(model, mapping);
  for (const [index, node] of analysis.nodes.entries()) {
    if (index % NODES_A_TIME === 0) progress('drawing', index / analysis.nodes.length);
    if (node.outputs.every((name) => name === '' || analysis.small.get(name)?.constant !== undefined)) continue;
    if (mappersFor(node).some((mapper) => mapping.attempt(node, () => mapper(node, mapping)))) continue;
    const problem = keepNode(node, mapping, model);
    if (problem !== undefined) return fail(problem);
  }
  const ends = drawEnds(model, mapping);
  if (ends !== undefined) return fail(ends);
  progress('writing', 0);
  const used = reachable(mapping);
  const large = problemOfKept(used);
  if (large !== undefined) return fail(large);
  const kept = keptNodes(used);
  const about = [model.documentation, model.producer === '' ? '' : `Written by ${model.producer}.`];
  const { document, weights, blocks } = writeDocument(foldRepeats(used), { nodes: used, name: options.name, about });
  return ok({
    document,
    weights,
    report: {
      producer: model.producer,
      opset: model.opset,
      nodes: model.nodes.length,
      drawn: used.length,
      parameters: [...weights.values()].reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0),
      kept,
      blocks,
      notes: [
        ...model.notes,
        ...chosenNotes(chosen),
        ...turnedNotes(model, mapping),
        ...castNotes(model, mapping),
        ...unusedNotes(model, used),
      ],
    },
  });
}

/** Works out shapes, with sizes for open axes that fit together. */
function analysed(
  model: SourceModel,
  given: ReadonlyMap<string, number>,
): { readonly analysis: Analysis; readonly chosen: ReadonlyMap<string, number> } {
  let first: { readonly analysis: Analysis; readonly chosen: ReadonlyMap<string, number> } | undefined;
  for (let attempt = 0; attempt < OTHER_SIZES.length; attempt++) {
    const chosen = new Map<string, number>();
    const sizeOf: SizeOfSymbol = (symbol, { input, index }) => {
      const told = given.get(symbol);
      if (told !== undefined) return told;
      const rank = model.inputs.find(({ name }) => name === input)?.type.dims?.length ?? 0;
      const sizes = rank === 4 && index > 1 ? IMAGE_SIZES : rank === 4 && index === 1 ? [3] : OTHER_SIZES;
      const size = chosen.get(symbol) ?? sizes[Math.min(attempt, sizes.length - 1)] ?? 8;
      chosen.set(symbol, size);
      return size;
    };
    const tried = { analysis: analyseModel(model, sizeOf), chosen };
    if (tried.analysis.contradictions.length === 0 || chosen.size === 0) return tried;
    first ??= tried;
  }
  if (first === undefined) throw new Error('unreachable: a size was tried');
  return first;
}

function keptNodes(nodes: readonly DrawnNode[]): readonly KeptNode[] {
  const found = new Map<string, KeptNode>();
  for (const { op, from } of nodes) {
    if (!op.startsWith('onnxOperator') || from === undefined) continue;
    const key = `${from.domain} ${from.opType}`;
    const count = (found.get(key)?.count ?? 0) + 1;
    found.set(key, { operator: from.opType, domain: from.domain, reason: reasonToKeep(from), count });
  }
  return [...found.values()].toSorted((a, b) => (a.operator < b.operator ? -1 : 1));
}

function reasonToKeep(node: Pick<SourceNode, 'opType' | 'domain'>): KeptReason {
  if (isOfQuantized(node.opType)) return 'quantized';
  return mappersFor(node).length > 0 ? 'form' : 'unknown';
}

function chosenNotes(chosen: ReadonlyMap<string, number>): readonly string[] {
  return [...chosen].map(([symbol, size]) => `The size "${symbol}" is open in the file; it was taken as ${size}.`);
}

/** Ends whose axes lie otherwise than the file has them, or whose numbers are of another precision there. */
function turnedNotes(model: SourceModel, mapping: Mapping): readonly string[] {
  const ends = [
    ...model.inputs.map((value) => ['input', value] as const),
    ...model.outputs.map((value) => ['output', value] as const),
  ];
  return ends.flatMap(([end, { name, type }]) => {
    const bound = mapping.bound(name);
    if (bound === undefined || bound.type.foreign !== undefined) return [];
    const axes = bound.type.axes.map((axis) => axis.name).join(' × ');
    const isOther = isFloating(type.elementType) && type.elementType !== elementTypes.float32;
    const isTurned =
      !isSameView(bound.view, plainView(bound.type)) && (end === 'input' || mapping.plain(bound) === undefined);
    return [
      ...(isTurned ? [`The ${end} "${name}" has its axes in another order in the file; here it is ${axes}.`] : []),
      ...(isOther
        ? [`The ${end} "${name}" is ${elementTypeName(type.elementType)} in the file; here it is float32.`]
        : []),
    ];
  });
}

/** Whether the file computes some of it with fewer digits than here. */
function castNotes({ nodes }: SourceModel, mapping: Mapping): readonly string[] {
  const narrows = nodes.some(
    ({ opType, inputs, outputs }) =>
      opType === 'Cast' &&
      mapping.fact(inputs[0]).elementType === elementTypes.float32 &&
      isHalf(mapping.fact(outputs[0]).elementType) &&
      mapping.bound(outputs[0])?.type.foreign === undefined,
  );
  return narrows ? ['The file computes in half precision in places; here everything is float32.'] : [];
}

function unusedNotes(model: SourceModel, used: readonly DrawnNode[]): readonly string[] {
  const names = new Set(used.map(({ hint }) => hint));
  return model.inputs.flatMap(({ name }) =>
    names.has(name) ? [] : [`The input "${name}" changes nothing that comes out and was left out.`],
  );
}
