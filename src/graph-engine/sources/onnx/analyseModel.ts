import { BATCHES } from '../drawing/drawing.ts';
import { constantOf, countOf, filledWith, readTensor, type ConstantTensor, type Numbers } from './constantTensor.ts';
import { elementTypes } from './elementTypes.ts';
import { evaluatorOf } from './evaluate.ts';
import { UNKNOWN, type Fact } from './facts.ts';
import { modernizeNode } from './modernizeNode.ts';
import { outputDims, outputElementType } from './outputDims.ts';
import type { SourceDim, SourceModel, SourceNode } from './sourceModel.ts';

/** Constants of more elements than this are not calculated. */
const MAXIMUM_ELEMENTS = 2 ** 28;

/** Sizes of symbolic axes, by their names; what is not named has a size of its own. */
export type SizeOfSymbol = (symbol: string, axis: { readonly input: string; readonly index: number }) => number;

/** A model whose shapes and constants have been worked out. */
export interface Analysis {
  /** In today's form. */
  readonly nodes: readonly SourceNode[];
  /** How many examples there are in the file; `null` where the file leaves it open. */
  readonly fixedBatch: number | null;
  /** What holds for a batch of 2 and of 3; twice the same for a fixed one. */
  readonly small: ReadonlyMap<string, Fact>;
  readonly large: ReadonlyMap<string, Fact>;
  /** Constants of the file and those that older forms were rewritten with. */
  readonly initializers: ReadonlyMap<string, ConstantTensor>;
  /** Nodes whose shapes contradict one another at these sizes. */
  readonly contradictions: readonly SourceNode[];
}

/** Works out shapes and constants of a model. */
export function analyseModel(model: SourceModel, sizeOf: SizeOfSymbol): Analysis {
  const open = model.inputs.some(({ type }) => type.dims !== null && type.dims.length > 0 && isOpen(type.dims[0]));
  const first = model.inputs.find(({ type }) => (type.dims?.length ?? 0) > 0)?.type.dims?.[0];
  const fixedBatch = open ? null : typeof first === 'number' ? first : 1;
  const one = pass(model, model.nodes, model.initializers, sizeOf, open ? BATCHES[0] : (fixedBatch ?? 1));
  const { nodes, facts: small, initializers, contradictions } = one;
  if (!open) return { nodes, fixedBatch, small, large: small, initializers, contradictions };
  const two = pass(model, nodes, initializers, sizeOf, BATCHES[1], one);
  return { nodes, fixedBatch, small, large: two.facts, initializers, contradictions };
}

function isOpen(dim: SourceDim | undefined): boolean {
  return typeof dim !== 'number';
}

interface Pass {
  readonly nodes: readonly SourceNode[];
  readonly facts: ReadonlyMap<string, Fact>;
  readonly initializers: ReadonlyMap<string, ConstantTensor>;
  readonly contradictions: readonly SourceNode[];
  /** Constants that follow from the shape of what is fed. */
  readonly fromShapes: ReadonlySet<string>;
}

function pass(
  model: SourceModel,
  nodes: readonly SourceNode[],
  given: ReadonlyMap<string, ConstantTensor>,
  sizeOf: SizeOfSymbol,
  batch: number,
  before?: Pass,
): Pass {
  const facts = new Map<string, Fact>();
  const initializers = new Map(given);
  const contradictions: SourceNode[] = [];
  const fromShapes = new Set<string>();
  const done: SourceNode[] = [];
  for (const [name, constant] of initializers) {
    facts.set(name, { elementType: constant.elementType, dims: constant.dims, constant });
  }
  for (const { name, type } of model.inputs) {
    const dims = type.dims?.map((dim, index) =>
      typeof dim === 'number' ? dim : index === 0 ? batch : sizeOf(dim ?? `${name}.${index}`, { input: name, index }),
    );
    facts.set(name, { elementType: type.elementType, dims });
  }
  const learn = (node: SourceNode): void => {
    done.push(node);
    const known = before !== undefined && !node.outputs.some((name) => before.fromShapes.has(name));
    if (known && node.outputs.every((name) => before.facts.get(name)?.constant !== undefined)) {
      for (const name of node.outputs) facts.set(name, before.facts.get(name) ?? UNKNOWN);
      return;
    }
    if (!learnNode(node, facts, fromShapes, model)) contradictions.push(node);
  };
  for (const node of nodes) {
    const modern = modernizeNode(node, {
      opset: before === undefined ? model.opset : Number.POSITIVE_INFINITY,
      fact: (name) => facts.get(name),
      constant(hint, tensor) {
        let name = hint;
        for (let count = 2; facts.has(name); count++) name = `${hint}_${count}`;
        initializers.set(name, tensor);
        facts.set(name, { elementType: tensor.elementType, dims: tensor.dims, constant: tensor });
        return name;
      },
    });
    for (const one of modern) learn(one);
  }
  return { nodes: done, facts, initializers, contradictions, fromShapes };
}

/** Notes what follows about the outputs of a node; false where its inputs contradict one another. */
function learnNode(node: SourceNode, facts: Map<string, Fact>, fromShapes: Set<string>, model: SourceModel): boolean {
  const inputs = node.inputs.map((name) => (name === '' ? undefined : (facts.get(name) ?? UNKNOWN)));
  const own = node.domain === '' ? constantNode(node) : undefined;
  if (own !== undefined) {
    const [name = ''] = node.outputs;
    facts.set(name, { elementType: own.elementType, dims: own.dims, constant: own });
    return true;
  }
  const dims = node.domain === '' ? outputDims(node, inputs) : undefined;
  const isShape = node.opType === 'Shape' || node.opType === 'Size';
  const isConstant = inputs.every((input) => input === undefined || input.constant !== undefined);
  const depends = node.inputs.some((name) => fromShapes.has(name)) || (isShape && !isConstant);
  for (const [index, name] of node.outputs.entries()) {
    if (name === '') continue;
    const ruled = node.domain === '' ? outputElementType(node, inputs, index) : 0;
    const elementType = ruled === 0 ? (model.told.get(name)?.elementType ?? 0) : ruled;
    const found = dims?.[index] ?? toldDims(model, name);
    let constant: ConstantTensor | undefined;
    if (found !== undefined && node.domain === '' && (isConstant || isShape) && !drawsNumbers.has(node.opType)) {
      constant = calculated(node, inputs, found, index, elementType);
    }
    if (constant !== undefined && depends) fromShapes.add(name);
    facts.set(name, { elementType, dims: found, constant });
  }
  const contradicts =
    dims === undefined && binary.has(node.opType) && inputs.every((input) => input?.dims !== undefined);
  return !contradicts && !(dims?.[0]?.some((size) => size < 0 || !Number.isInteger(size)) ?? false);
}

const binary: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'MatMul', 'Reshape', 'Expand', 'Where']);
const drawsNumbers: ReadonlySet<string> = new Set([
  'RandomNormalLike',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
]);

/** Shapes that the file tells and that hold for every batch. */
function toldDims(model: SourceModel, name: string): readonly number[] | undefined {
  const dims = model.told.get(name)?.dims;
  return dims?.every((dim) => typeof dim === 'number') === true ? dims : undefined;
}

function calculated(
  node: SourceNode,
  inputs: readonly (Fact | undefined)[],
  dims: readonly number[],
  index: number,
  elementType: number,
): ConstantTensor | undefined {
  if (countOf(dims) > MAXIMUM_ELEMENTS) return undefined;
  if (node.opType === 'ConstantOfShape') return filled(node, dims, elementType);
  const evaluate = evaluatorOf(node.opType);
  if (evaluate === undefined) return undefined;
  if (inputs.some((input) => input?.constant?.elementType === elementTypes.string)) return undefined;
  // Numbers are worked out when they are wanted: most weights that are turned around never are in an inference.
  let known: Numbers | undefined;
  const numbers = (): Numbers | undefined =>
    (known ??= evaluate({
      node,
      inputs,
      dims,
      index,
      values: inputs.map((input) => input?.constant?.numbers()),
    }));
  if (node.opType !== 'Shape' && countOf(dims) <= 4096 && numbers() === undefined) return undefined;
  return {
    elementType,
    dims,
    numbers,
    proto: (name) => constantOf(elementType, dims, numbers() ?? new Float64Array()).proto(name),
  };
}

function filled(node: SourceNode, dims: readonly number[], elementType: number): ConstantTensor | undefined {
  const value = node.attributes.get('value')?.t;
  if (value === undefined) return filledWith(elementType, dims, 0);
  const read = readTensor(value, () => undefined);
  const number = 'code' in read ? undefined : read.numbers()?.[0];
  return number === undefined ? undefined : filledWith(elementType, dims, number);
}

/** The tensor that a Constant node holds. */
function constantNode(node: SourceNode): ConstantTensor | undefined {
  if (node.opType !== 'Constant') return undefined;
  const [attribute] = [...node.attributes.values()];
  if (attribute === undefined) return undefined;
  switch (attribute.name) {
    case 'value': {
      const read = attribute.t === undefined ? undefined : readTensor(attribute.t, () => undefined);
      return read === undefined || 'code' in read ? undefined : read;
    }
    case 'value_float':
      return constantOf(elementTypes.float32, [], Float32Array.of(attribute.f));
    case 'value_floats':
      return constantOf(elementTypes.float32, [attribute.floats.length], Float32Array.from(attribute.floats));
    case 'value_int':
      return constantOf(elementTypes.int64, [], Float64Array.of(Number(attribute.i)));
    case 'value_ints':
      return constantOf(elementTypes.int64, [attribute.ints.length], Float64Array.from(attribute.ints, Number));
    default:
      return undefined;
  }
}
