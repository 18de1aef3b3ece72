import { fail, ok, type Problem, type Result } from '../../core/diagnostic.ts';
import { isImage, isSequence, sizeOf } from '../../core/shape.ts';
import { isForeignOp } from '../../ops/foreign/foreignOps.ts';
import { foldRepeats, type Folded, type FoldedRun } from '../drawing/foldRepeats.ts';
import { reachable } from '../drawing/reachable.ts';
import type { ImportedNetwork } from '../drawing/importedNetwork.ts';
import type { KeptNode } from '../drawing/importReport.ts';
import type { Bound, DrawnNode, Source } from '../drawing/drawnNode.ts';
import { writeDocument } from '../drawing/writeDocument.ts';
import { drawModel, type Drawn, type UnknownLayer } from './drawModel.ts';
import { CHANNELS_FIRST, CHANNELS_LAST, KerasDrawing, LayerRefused } from './kerasDrawing.ts';
import type { KerasModel } from './kerasModel.ts';
import type { KerasWeights } from './kerasWeights.ts';
import { readKerasModel } from './readKerasModel.ts';

export interface KerasImportOptions {
  /** Of the document, where the file does not say. */
  readonly name: string;
  readonly weights?: KerasWeights;
  /** Sizes of axes that the file leaves open: `height`, `width`, `length`. */
  readonly sizes?: ReadonlyMap<string, number>;
}

/**
 * Reads a Keras model out of its configuration, with weights where they are given. Models within it become blocks; a layer that is
 * not known is kept as a place of known size where the file says its size, and otherwise all such layers come back as one problem.
 */
export function importKeras(config: unknown, options: KerasImportOptions): Result<ImportedNetwork> {
  const read = readKerasModel(config);
  if (!read.ok) return read;
  const model = read.value;
  const drawing = new KerasDrawing(options.weights, isChannelsFirst(model) ? CHANNELS_FIRST : CHANNELS_LAST);
  const into: Drawn = {
    drawing,
    unknown: [],
    groups: [],
    sizes: options.sizes ?? new Map(),
    version: Number.parseInt(model.version ?? '3', 10) || 3,
    shared: new Set(),
  };
  const outputs = drawModel(model, undefined, [], into);
  if (into.unknown.some(({ isKept }) => !isKept) || outputs.includes(undefined))
    return fail(unknownLayers(into.unknown));
  for (const [i, output] of outputs.entries()) {
    if (output === undefined) continue;
    const name = model.outputs[i]?.layer ?? '';
    try {
      drawEnd(model, drawing, output, outputs.length > 1 ? name : '', into);
    } catch (error) {
      if (error instanceof LayerRefused) return fail(unknownEnd(name, error));
      throw error;
    }
  }
  const used = reachable(drawing.drawn);
  const items = withGroups(used, into.groups);
  const written = writeDocument(items, {
    nodes: used,
    name: options.name,
    about: model.version === undefined ? [] : [`Written by Keras ${model.version}.`],
  });
  const weights = new Map([...written.weights].filter(([, weight]) => !drawing.absent.has(weight)));
  return ok({
    document: written.document,
    weights,
    report: {
      producer: model.version === undefined ? 'Keras' : `Keras ${model.version}`,
      opset: null,
      nodes: countLayers(model),
      drawn: used.length,
      parameters: [...weights.values()].reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0),
      kept: keptLayers(used),
      blocks: written.blocks,
      notes: [...drawing.notes, ...sharedNotes(into), ...missingNotes(options, drawing), ...unusedNotes(model, used)],
    },
  });
}

/** All layers that cannot be drawn, in one problem. */
function unknownLayers(unknown: readonly UnknownLayer[]): Problem {
  const missing = unknown.filter(({ isKept }) => !isKept);
  const told = missing.map(({ name, className, received, expected }) => {
    const wanted = expected === undefined ? '' : `, where ${expected} is expected`;
    return received === undefined ? `"${name}" (${className})` : `"${name}" (${className}: ${received}${wanted})`;
  });
  return {
    code: 'keras/unknown-layers',
    message:
      missing.length === 1
        ? `One layer means something that no op here does: ${told.join('')}.`
        : `${missing.length} layers mean something that no op here does: ${told.join(', ')}.`,
    expected: 'layers of Keras itself that work on features, sequences, images or token numbers',
    received: [...new Set(missing.map(({ className }) => className))].join(', '),
  };
}

/** What comes out is nothing that a network here can end with. */
function unknownEnd(name: string, { message, expected }: LayerRefused): Problem {
  return {
    code: 'keras/unknown-output',
    message: `What "${name}" gives out is nothing that a network here ends with.`,
    expected: expected ?? 'features, a sequence or an image',
    received: message,
  };
}

/** What a value is given out as. */
function drawEnd(model: KerasModel, drawing: KerasDrawing, value: Bound, name: string, into: Drawn): void {
  const last = value.source.node;
  const isAlone = drawing.drawn.nodes.every(
    (node) => !Object.values(node.inputs).some((source) => source.node === last),
  );
  const soft = last.op === 'softmax' || last.op === 'sigmoid' ? last : undefined;
  const hint = name === '' ? 'output' : `${name}-output`;
  const logits = soft?.inputs['input'];
  const type = logits?.node.types[logits.port];
  if (soft !== undefined && isAlone && logits !== undefined && type !== undefined) {
    const input = { ...value, source: logits, type };
    const vocabulary = drawing.drawn.nodes.find(({ op }) => op === 'tokenInput')?.parameters['vocabulary'];
    const op =
      soft.op === 'sigmoid'
        ? 'binaryOutput'
        : isImage(type)
          ? 'segmentationOutput'
          : !isSequence(type)
            ? 'classificationOutput'
            : sizeOf(type, 'features') === vocabulary
              ? 'nextTokenOutput'
              : undefined;
    const drawn = op === undefined ? undefined : drawing.drawn.one(op, {}, { input }, {}, hint);
    if (drawn !== undefined) {
      shorten(into.groups, soft, logits);
      return;
    }
  }
  const x = drawing.plain(value);
  const op = model.outputs.length > 1 ? 'featureOutput' : endFor(model, x);
  if (drawing.drawn.one(op, {}, { input: x }, {}, hint) === undefined) {
    drawing.one('featureOutput', {}, { input: x }, {}, hint);
  }
}

/** A block no longer ends with what an output does itself. */
function shorten(groups: FoldedRun[], gone: DrawnNode, logits: Source): void {
  for (const [i, group] of groups.entries()) {
    const [nodes = []] = group.times;
    if (group.exit.node !== gone || !nodes.includes(logits.node)) continue;
    groups[i] = { ...group, times: [nodes.filter((node) => node !== gone)], exit: logits };
  }
}

function endFor({ loss = '' }: KerasModel, { type }: Bound): string {
  const plain = loss.replaceAll(/[^a-z]/gi, '').toLowerCase();
  const isRegression = /^(mse|mae|mean|huber|logcosh)/.test(plain);
  if (isImage(type)) return isRegression ? 'featureOutput' : 'segmentationOutput';
  if (isSequence(type)) return 'featureOutput';
  if (plain.startsWith('binarycrossentropy')) return 'binaryOutput';
  return isRegression || sizeOf(type, 'features') === 1 ? 'regressionOutput' : 'classificationOutput';
}

/** Nodes with models among them as blocks; repeated structure is looked for where there are none. */
function withGroups(nodes: readonly DrawnNode[], groups: readonly FoldedRun[]): readonly Folded[] {
  const used = new Set(nodes);
  const blocks = groups.filter(({ times: [own = []] }) => own.every((node) => used.has(node)));
  if (blocks.length === 0) return foldRepeats(nodes);
  const blockOf = new Map(blocks.flatMap((block) => (block.times[0] ?? []).map((node) => [node, block] as const)));
  const items = new Set<Folded>();
  for (const node of nodes) items.add(blockOf.get(node) ?? node);
  return [...items];
}

/** Whether the layers of a model see channels before places. */
function isChannelsFirst({ layers }: KerasModel): boolean {
  return [...layers.values()].some(({ config, model }) =>
    model === undefined ? /^channels_?first$/i.test(String(config['data_format'])) : isChannelsFirst(model),
  );
}

function countLayers(model: KerasModel): number {
  return [...model.layers.values()].reduce(
    (sum, { model: inner }) => sum + (inner === undefined ? 1 : countLayers(inner)),
    0,
  );
}

function keptLayers(nodes: readonly DrawnNode[]): readonly KeptNode[] {
  const counts = new Map<string, number>();
  for (const { op, parameters } of nodes) {
    if (!isForeignOp(op)) continue;
    const operator = String(parameters['operator']);
    counts.set(operator, (counts.get(operator) ?? 0) + 1);
  }
  return [...counts].map(([operator, count]) => ({ operator, domain: 'keras', reason: 'unknown', count }));
}

function sharedNotes({ shared }: Drawn): readonly string[] {
  return [...shared].map(
    (name) => `"${name}" is used more than once; here each use has weights of its own, which begin alike.`,
  );
}

function missingNotes({ weights }: KerasImportOptions, { without }: KerasDrawing): readonly string[] {
  if (weights === undefined) return ['The file holds no weights: they begin as they are drawn.'];
  return without.size === 0 ? [] : [`No weights were found for ${[...without].map((name) => `"${name}"`).join(', ')}.`];
}

function unusedNotes(model: KerasModel, used: readonly DrawnNode[]): readonly string[] {
  const names = new Set(used.map(({ hint }) => hint));
  return model.inputs.flatMap(({ layer }) =>
    names.has(layer) ? [] : [`The input "${layer}" changes nothing that comes out and was left out.`],
  );
}
