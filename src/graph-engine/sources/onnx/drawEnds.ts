import { create } from '@bufbuild/protobuf';
import { isImage, isSequence, sizeOf } from '../../core/shape.ts';
import { writeBody } from '../../ops/foreign/foreignBody.ts';
import { FOREIGN_INPUT, FOREIGN_OUTPUT } from '../../ops/foreign/foreignOps.ts';
import { GraphProtoSchema, TypeProtoSchema, type TypeProto } from '../../targets/protobuf/generated/onnx_pb.js';
import { elementTypes, isHalf } from './elementTypes.ts';
import { asInFile, keepNode, typeIn, type KeepProblem } from './mapping/keepNode.ts';
import { ownType } from '../../ops/foreign/ownType.ts';
import { FEATURES_FIRST } from './mapping/convolutions.ts';
import type { Bound, DrawnNode } from '../drawing/drawnNode.ts';
import type { Mapping } from './mapping/mapping.ts';
import { isSameView, plainView, type View } from '../drawing/view.ts';
import { intsOf, type SourceModel, type SourceNode, type SourceValue } from './sourceModel.ts';

/** Draws where values enter. */
export function drawInputs(model: SourceModel, mapping: Mapping): void {
  for (const value of model.inputs) mapping.rebind(value.name, inputAs(value, model, mapping));
}

function inputAs(value: SourceValue, model: SourceModel, mapping: Mapping): Bound {
  const { name } = value;
  const own = inSinglePrecision(typeIn(mapping, model, name) ?? value.type.proto);
  const type = ownType(own);
  const [small] = mapping.dims(name) ?? [[]];
  const sizes = small.slice(1);
  const users = mapping.users(name);
  const tokens = tokenVocabulary(value, model, mapping);
  if (tokens !== undefined) {
    return input(mapping, name, 'tokenInput', { length: sizes[0] ?? 1, vocabulary: tokens });
  }
  if (type.foreign !== undefined) return foreignInput(mapping, name, value.type.proto ?? own);
  const [a = 1, b = 1, c = 1] = sizes;
  if (isImage(type)) {
    // Images that come channels last are turned around first of all.
    const isLast = users.length > 0 && users.every((user) => isTurn(user, '0,3,1,2'));
    return isLast
      ? input(mapping, name, 'input', { height: a, width: b, channels: c }, [[0], [2], [3], [1]])
      : input(mapping, name, 'input', { channels: a, height: b, width: c });
  }
  if (isSequence(type)) {
    const isFirst = users.length > 0 && users.every((user) => isTurn(user, '0,2,1') || wantsFeaturesFirst(user));
    return isFirst
      ? input(mapping, name, 'sequenceInput', { length: b, features: a }, FEATURES_FIRST)
      : input(mapping, name, 'sequenceInput', { length: a, features: b });
  }
  return input(mapping, name, 'featureInput', { size: a });
}

/** A type of shorter floats as that of ours, which is float32; of longer ones it would lose digits. */
function inSinglePrecision(type: TypeProto | undefined): TypeProto | undefined {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined;
  if (tensor === undefined || !isHalf(tensor.elemType)) return type;
  const value = { elemType: elementTypes.float32, ...(tensor.shape === undefined ? {} : { shape: tensor.shape }) };
  return create(TypeProtoSchema, { value: { case: 'tensorType', value } });
}

function isTurn(node: SourceNode, perm: string): boolean {
  return node.opType === 'Transpose' && intsOf(node, 'perm')?.join() === perm;
}

function wantsFeaturesFirst({ opType }: SourceNode): boolean {
  return ['Conv', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'BatchNormalization'].includes(opType);
}

const tokenMovements: ReadonlySet<string> = new Set(['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze']);

/** How many tokens there are, for an input of whole numbers that looks up rows of a table. */
function tokenVocabulary({ name, type }: SourceValue, model: SourceModel, mapping: Mapping): number | undefined {
  if (type.elementType !== elementTypes.int64 && type.elementType !== elementTypes.int32) return undefined;
  const dims = mapping.dims(name);
  if (dims?.[0].length !== 2) return undefined;
  const [small, large] = dims;
  if (small[0] !== mapping.batches[0] || large[0] !== mapping.batches[1]) return undefined;
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const user of mapping.users(next)) {
      if (tokenMovements.has(user.opType) && user.inputs[0] === next) waiting.push(...user.outputs);
      const table = mapping.constant(user.inputs[0]);
      if (user.opType === 'Gather' && user.inputs[1] === next && table?.dims.length === 2) return table.dims[0];
    }
  }
  return undefined;
}

function input(
  mapping: Mapping,
  name: string,
  op: string,
  parameters: Readonly<Record<string, number>>,
  view?: View,
): Bound {
  const bound = mapping.one(op, parameters, {}, {}, name);
  if (bound === undefined) return foreignInput(mapping, name, undefined);
  return { ...bound, view: view ?? bound.view };
}

function bodyOf(name: string, type: TypeProto | undefined): string {
  return writeBody(create(GraphProtoSchema, { output: [{ name, ...(type === undefined ? {} : { type }) }] }));
}

function foreignInput(mapping: Mapping, name: string, type: TypeProto | undefined): Bound {
  const own = ownType(type);
  const drawn: DrawnNode = {
    op: FOREIGN_INPUT,
    parameters: { body: bodyOf(name, type) },
    inputs: {},
    types: { output: own },
    weights: {},
    from: undefined,
    hint: name,
  };
  mapping.nodes.push(drawn);
  return { source: { node: drawn, port: 'output' }, type: own, view: plainView(own) };
}

/** Draws what the network gives out; a problem where something of it could not be drawn. */
export function drawEnds(model: SourceModel, mapping: Mapping): KeepProblem | undefined {
  const written = new Set<string>();
  const names = model.outputs.map(({ name }) => name);
  for (const { name } of model.outputs) {
    if (written.has(name)) continue;
    const soft = mapping.maker(name, 'Softmax', 'Sigmoid');
    const logits = soft?.inputs[0];
    // An output of ours gives out what went into its softmax as well.
    if (soft !== undefined && logits !== undefined && drawScores(mapping, soft, name, names)) {
      written.add(name);
      if (names.includes(logits)) written.add(logits);
    }
  }
  for (const { name, type } of model.outputs) {
    if (written.has(name)) continue;
    const problem = drawEnd(mapping, model, name, type.proto, names.length);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function drawScores(mapping: Mapping, soft: SourceNode, name: string, names: readonly string[]): boolean {
  const x = mapping.plain(mapping.bound(soft.inputs[0]));
  const y = mapping.bound(name);
  if (x === undefined || y === undefined || x.type.foreign !== undefined) return false;
  // Only one over the channels is that of an output.
  const isOwn = y.source.node.op === (soft.opType === 'Sigmoid' ? 'sigmoid' : 'softmax');
  if (!isOwn || !isSameView(y.view, plainView(y.type))) return false;
  const op =
    soft.opType === 'Sigmoid'
      ? 'binaryOutput'
      : isImage(x.type)
        ? 'segmentationOutput'
        : isSequence(x.type)
          ? 'nextTokenOutput'
          : soft.documentation.startsWith('Policy output')
            ? 'policyOutput'
            : 'classificationOutput';
  const isAlone = names.length <= 2;
  return mapping.one(op, {}, { input: x }, {}, isAlone ? 'output' : name) !== undefined;
}

function drawEnd(
  mapping: Mapping,
  model: SourceModel,
  name: string,
  type: TypeProto | undefined,
  count: number,
): KeepProblem | undefined {
  if (mapping.bound(name) === undefined) {
    const maker = mapping.analysis.nodes.find(({ outputs }) => outputs.includes(name)) ?? constantMaker(name, mapping);
    const problem = maker === undefined ? undefined : keepNode(maker, mapping, model);
    if (problem !== undefined) return problem;
  }
  const found = mapping.bound(name);
  // Axes in another order are told of; where they were laid together otherwise, operators that are kept do that.
  const isTold = found?.view.every((axes) => axes.length <= 1) === true;
  const x = mapping.plain(found) ?? (found === undefined || isTold ? found : asInFile(name, found, mapping, model));
  if (x !== undefined && 'code' in x) return x;
  if (x === undefined) return { code: 'onnx/missing-value', message: `The output "${name}" could not be drawn.` };
  const vocabulary = mapping.nodes.find(({ op }) => op === 'tokenInput')?.parameters['vocabulary'];
  if (x.type.foreign === undefined) {
    const hint = count === 1 ? 'output' : name;
    const known = mapping.one(endFor(mapping, x, name, count, vocabulary), {}, { input: x }, {}, hint);
    if (known !== undefined || mapping.one('featureOutput', {}, { input: x }, {}, hint) !== undefined) return undefined;
  }
  mapping.nodes.push({
    op: FOREIGN_OUTPUT,
    parameters: { body: bodyOf(name, type) },
    inputs: { input: x.source },
    types: { value: x.type },
    weights: {},
    from: undefined,
    hint: name,
  });
  return undefined;
}

/** What a value is given out as, where the file has it alone. */
function endFor(mapping: Mapping, { type }: Bound, name: string, count: number, vocabulary: unknown): string {
  if (name === 'values' || name.endsWith('.values')) return 'regressionOutput';
  if (name === 'features' || name.endsWith('.features') || count > 1) return 'featureOutput';
  if (type.axes.length === 1) return (sizeOf(type, 'features') ?? 0) > 1 ? 'classificationOutput' : 'regressionOutput';
  if (isSequence(type)) return sizeOf(type, 'features') === vocabulary ? 'nextTokenOutput' : 'featureOutput';
  return isImage(type) ? 'segmentationOutput' : 'featureOutput';
}

/** A node that gives out a constant of the file. */
function constantMaker(name: string, mapping: Mapping): SourceNode | undefined {
  const constant = mapping.constant(name);
  if (constant === undefined) return undefined;
  return {
    name,
    opType: 'Identity',
    domain: '',
    inputs: [name],
    outputs: [name],
    attributes: new Map(),
    documentation: '',
    modules: [],
  };
}
