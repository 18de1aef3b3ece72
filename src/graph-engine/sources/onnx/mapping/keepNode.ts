import { create } from '@bufbuild/protobuf';
import { foreignValue, type TensorType } from '../../../core/shape.ts';
import { readBody, writeBody, MAXIMUM_BODY } from '../../../ops/foreign/foreignBody.ts';
import { foreignOpType, foreignPorts, MAXIMUM_PORTS } from '../../../ops/foreign/foreignOps.ts';
import { EXAMPLES, ownType, typeProtoOf } from '../../../ops/foreign/ownType.ts';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  TypeProtoSchema,
  type AttributeProto,
  type GraphProto,
  type TensorProto,
  type TypeProto,
} from '../../../targets/protobuf/generated/onnx_pb.js';
import { constantOf, countOf, type ConstantTensor } from '../constantTensor.ts';
import { outerValues } from '../decodeModel.ts';
import { elementTypes, isFloating, isHalf } from '../elementTypes.ts';
import { FORM_OPSET } from '../modernizeNode.ts';
import { modernizeSubgraphs } from '../modernizeSubgraphs.ts';
import type { SourceModel, SourceNode } from '../sourceModel.ts';
import { asFloats } from './convolutions.ts';
import type { Bound, DrawnNode, DrawnWeight, Source } from '../../drawing/drawnNode.ts';
import type { Mapping } from './mapping.ts';
import { plainView, viewedDims } from '../../drawing/view.ts';

/** Constants of fewer bytes are kept in the document; larger ones of float32 lie with the weights. */
const SMALL_BYTES = 4096;

/** Why a node cannot be kept. */
export interface KeepProblem {
  readonly code: string;
  readonly message: string;
}

/** Draws a node that is not known here as it is in the file; what it uses is drawn too. */
export function keepNode(node: SourceNode, mapping: Mapping, model: SourceModel): KeepProblem | undefined {
  const captured = outerValues(node);
  const wanted = [...new Set([...node.inputs, ...captured])].filter((name) => name !== '');
  const inputs = new Map<string, Bound>();
  const tensors = new Map<string, KeptTensor>();
  const weights: Record<string, DrawnWeight> = {};
  for (const name of wanted) {
    const constant = mapping.constant(name);
    if (constant !== undefined && mapping.bound(name) === undefined) {
      const own = captured.includes(name) ? name : `tensor${tensors.size + 1}`;
      const large = tensorOutside(constant);
      if (large !== undefined) weights[own] = large;
      tensors.set(name, { own, constant, isOutside: large !== undefined });
      continue;
    }
    const found = mapping.bound(name);
    const bound =
      mapping.plain(found) ??
      (found === undefined ? keptSource(name, mapping, model) : asInFile(name, found, mapping, model));
    if (bound === undefined) return lacking(node, name);
    if ('code' in bound) return bound;
    inputs.set(name, inPrecision(name, bound, mapping));
  }
  const fed = [...inputs.keys()];
  const outputs = node.outputs.filter((name) => name !== '');
  if (Math.max(fed.length, outputs.length) > MAXIMUM_PORTS) {
    return {
      code: 'onnx/too-many-ports',
      message: `The node "${node.name}" has more than ${MAXIMUM_PORTS} inputs or outputs.`,
    };
  }
  const wired = new Map(fed.map((name, i): [string, string] => [name, captured.includes(name) ? name : `in${i + 1}`]));
  const own = (name: string): string => wired.get(name) ?? tensors.get(name)?.own ?? '';
  const types = outputs.map((name) => typeIn(mapping, model, name));
  const fedTypes = fed.map((name) => {
    const { type, source } = inputs.get(name) ?? {};
    return type === undefined ? {} : typeField(type, source);
  });
  const body = () =>
    create(GraphProtoSchema, {
      node: [
        create(NodeProtoSchema, {
          opType: node.opType,
          domain: node.domain,
          input: node.inputs.map(own),
          output: node.outputs.map((name) => (name === '' ? '' : `out${outputs.indexOf(name) + 1}`)),
          attribute: [...node.attributes.values()].map((one) => modernizeSubgraphs(one, model.opset)),
        }),
      ],
      initializer: [...tensors.values()].map(bodyTensor),
      // What comes in, so that an edit before it is noticed.
      input: fed.map((name, i) => ({ name: own(name), ...fedTypes[i] })),
      output: outputs.map((_, i) => ({ name: `out${i + 1}`, ...(types[i] === undefined ? {} : { type: types[i] }) })),
    });
  const opset = node.domain === '' ? Math.max(FORM_OPSET, model.opset) : (model.opsets.get(node.domain) ?? 1);
  const ports = foreignPorts('output', outputs.length);
  const ownTypes = types.map((type) => (type === undefined ? foreignValue('unknown') : ownType(type)));
  const drawn: DrawnNode = {
    op: foreignOpType(fed.length, outputs.length),
    parameters: withBody(
      { operator: node.opType, ...(node.domain === '' ? {} : { domain: node.domain }), opset },
      body,
    ),
    inputs: Object.fromEntries(
      foreignPorts('input', fed.length).flatMap((port, i) => {
        const source = inputs.get(fed[i] ?? '')?.source;
        return source === undefined ? [] : [[port, source]];
      }),
    ),
    types: Object.fromEntries(ports.map((port, i) => [port, ownTypes[i] ?? foreignValue('unknown')])),
    weights,
    from: node,
    hint: quantizedTensor(node, mapping) ?? node.opType,
  };
  mapping.nodes.push(drawn);
  toldTypes.set(drawn, types);
  for (const [i, name] of outputs.entries()) {
    const type = ownTypes[i] ?? foreignValue('unknown');
    const bound = { source: { node: drawn, port: ports[i] ?? 'output1' }, type, view: plainView(type) };
    mapping.rebind(name, inOurPrecision(bound, types[i], mapping));
  }
  return undefined;
}

/** A name for what a file holds as whole numbers: that of the tensor, which tells more than its operator. */
function quantizedTensor({ opType, inputs: [tensor = ''] }: SourceNode, mapping: Mapping): string | undefined {
  const isHeld = opType === 'DequantizeLinear' && mapping.constant(tensor) !== undefined;
  return isHeld && !/^\d*$/.test(tensor) ? `${tensor.replace(/_quantized$/, '')}-quantized` : undefined;
}

/** A value of ours laid out as the file has it, by operators that are kept: what plain nodes cannot do, such as a batch that is not first. */
export function asInFile(
  name: string,
  x: Bound,
  mapping: Mapping,
  model: SourceModel,
): Bound | KeepProblem | undefined {
  const straight = inPrecision(name, { ...x, view: plainView(x.type) }, mapping);
  const order = x.view.flat();
  const isSorted = order.every((axis, i) => axis === i);
  const isWhole = x.view.every((axes) => axes.length === 1);
  let current: Bound = straight;
  if (!isSorted) {
    const perm = create(AttributeProtoSchema, { name: 'perm', type: INTS, ints: order.map(BigInt) });
    const type = isWhole ? typeIn(mapping, model, name) : undefined;
    current = keptOperator(mapping, 'Transpose', [perm], current, undefined, type);
  }
  if (isWhole) return current;
  const [batch] = mapping.batches;
  const dims = viewedDims(x.type, x.view, batch) ?? [];
  const shape = x.view.map((axes, i) => (axes.includes(0) ? -1 : (dims[i] ?? 1)));
  const constant = constantOf(elementTypes.int64, [shape.length], Float64Array.from(shape));
  return keptOperator(mapping, 'Reshape', [], current, constant, typeIn(mapping, model, name));
}

/** A value of ours, which is float32, in the precision that the file has there, where that is another one. */
function inPrecision(name: string, x: Bound, mapping: Mapping): Bound {
  const { elementType } = mapping.fact(name);
  const isOther = x.type.foreign === undefined && x.type.dtype === 'float32' && isFloating(elementType);
  if (!isOther || elementType === elementTypes.float32) return x;
  const before = beforeCast.get(x.source.node);
  if (before !== undefined) return before;
  const own = typeProtoOf(x.type)?.value;
  const shape = own?.case === 'tensorType' ? own.value.shape : undefined;
  const value = { elemType: elementType, ...(shape === undefined ? {} : { shape }) };
  const type = create(TypeProtoSchema, { value: { case: 'tensorType', value } });
  return keptOperator(mapping, 'Cast', [castTo(elementType)], x, undefined, type);
}

/** What a kept node gives out in another precision, in ours, so that what comes after it can be known. */
function inOurPrecision(x: Bound, told: TypeProto | undefined, mapping: Mapping): Bound {
  const tensor = told?.value.case === 'tensorType' ? told.value.value : undefined;
  if (tensor === undefined || !isHalf(tensor.elemType)) return x;
  const value = { elemType: elementTypes.float32, ...(tensor.shape === undefined ? {} : { shape: tensor.shape }) };
  const type = create(TypeProtoSchema, { value: { case: 'tensorType', value } });
  if (ownType(type).foreign !== undefined) return x;
  const y = keptOperator(mapping, 'Cast', [castTo(elementTypes.float32)], x, undefined, type);
  beforeCast.set(y.source.node, x);
  return y;
}

/** What Casts that were drawn here began with. */
const beforeCast = new WeakMap<DrawnNode, Bound>();

function castTo(elementType: number): AttributeProto {
  return create(AttributeProtoSchema, { name: 'to', type: INT, i: BigInt(elementType) });
}

const INT = 2;
const INTS = 7;

function keptOperator(
  mapping: Mapping,
  opType: string,
  attribute: AttributeProto[],
  x: Bound,
  constant: ConstantTensor | undefined,
  type: TypeProto | undefined,
): Bound {
  const body = () =>
    create(GraphProtoSchema, {
      node: [{ opType, input: constant === undefined ? ['in1'] : ['in1', 'tensor1'], output: ['out1'], attribute }],
      initializer: constant === undefined ? [] : [constant.proto('tensor1')],
      input: [{ name: 'in1', ...typeField(x.type, x.source) }],
      output: [{ name: 'out1', ...(type === undefined ? {} : { type }) }],
    });
  const own = type === undefined ? foreignValue('unknown') : ownType(type);
  const node: DrawnNode = {
    op: foreignOpType(1, 1),
    parameters: withBody({ operator: opType, opset: FORM_OPSET }, body),
    inputs: { input1: x.source },
    types: { output1: own },
    weights: {},
    from: undefined,
    hint: opType,
  };
  mapping.nodes.push(node);
  toldTypes.set(node, [type]);
  return { source: { node, port: 'output1' }, type: own, view: plainView(own) };
}

/** A type of ours as ONNX has it; of what nothing here knows the one that the node before tells. */
function typeField(type: TensorType, source?: Source): { readonly type?: TypeProto } {
  const own = type.foreign === undefined ? typeProtoOf(type) : toldBy(source);
  return own === undefined ? {} : { type: own };
}

function toldBy(source: Source | undefined): TypeProto | undefined {
  if (source === undefined) return undefined;
  const place = Number(/\d+$/.exec(source.port)?.[0] ?? 1);
  const types = toldTypes.get(source.node);
  return types === undefined
    ? readBody(String(source.node.parameters['body'] ?? ''))?.output[place - 1]?.type
    : types[place - 1];
}

/** What the file tells of the outputs of kept nodes. */
const toldTypes = new WeakMap<DrawnNode, readonly (TypeProto | undefined)[]>();

/** Bodies are written when they are asked for: most nodes that are kept at first become part of an attention or the like. */
function withBody(parameters: DrawnNode['parameters'], body: () => GraphProto): DrawnNode['parameters'] {
  let text: string | undefined;
  return {
    ...parameters,
    get body() {
      return (text ??= writeBody(body()));
    },
  };
}

/** What is wrong with the nodes that are kept in the end. */
export function problemOfKept(nodes: readonly DrawnNode[]): KeepProblem | undefined {
  for (const { parameters, from, hint } of nodes) {
    const { body } = parameters;
    if (typeof body !== 'string' || body.length <= MAXIMUM_BODY) continue;
    const name = from?.name === undefined || from.name === '' ? (hint ?? '') : from.name;
    return {
      code: 'onnx/large-constant',
      message: `The node "${name}" is not known here, and what it holds is too large to be kept.`,
    };
  }
  return undefined;
}

function lacking(node: SourceNode, name: string): KeepProblem {
  return {
    code: 'onnx/missing-value',
    message: `The node "${node.name || node.opType}" uses "${name}", which could not be drawn.`,
  };
}

/** A constant that depends on the batch, or that cannot be kept otherwise: the node that makes it is drawn. */
function keptSource(name: string, mapping: Mapping, model: SourceModel): Bound | KeepProblem | undefined {
  const maker = mapping.analysis.nodes.find(({ outputs }) => outputs.includes(name));
  if (maker === undefined) return undefined;
  return keepNode(maker, mapping, model) ?? mapping.bound(name);
}

function tensorOutside(constant: ConstantTensor): DrawnWeight | undefined {
  const isLarge = countOf(constant.dims) * 4 > SMALL_BYTES;
  if (constant.elementType !== elementTypes.float32 || !isLarge) return undefined;
  return { dims: constant.dims, values: () => asFloats(constant.numbers() ?? new Float32Array()) };
}

/** A constant that a kept node holds. */
interface KeptTensor {
  readonly own: string;
  readonly constant: ConstantTensor;
  /** Whether it lies with the weights. */
  readonly isOutside: boolean;
}

function bodyTensor({ own, constant, isOutside }: KeptTensor): TensorProto {
  if (!isOutside) return constant.proto(own);
  const dims = constant.dims.map(BigInt);
  return create(TensorProtoSchema, { name: own, dims, dataType: constant.elementType, dataLocation: 1 });
}

/** What is known of a value as a type of ONNX; the axis of examples has its name. */
export function typeIn(mapping: Mapping, model: SourceModel, name: string): TypeProto | undefined {
  const dims = mapping.dims(name);
  const { elementType } = mapping.fact(name);
  const told = model.told.get(name)?.proto;
  if (dims === undefined || elementType === 0) return told;
  const [small, large] = dims;
  const isFixed = mapping.analysis.fixedBatch !== null;
  const [batchSmall] = mapping.batches;
  const dim = small.map((size, axis) => {
    const isBatch = axis === 0 && (isFixed ? size === batchSmall : size !== large[axis] && size === batchSmall);
    if (isBatch) return { value: { case: 'dimParam' as const, value: EXAMPLES } };
    // What no file could hold is no size either.
    if (size !== large[axis] || !Number.isSafeInteger(size)) return {};
    return { value: { case: 'dimValue' as const, value: BigInt(size) } };
  });
  const value = { elemType: elementType, shape: { dim } };
  return create(GraphProtoSchema, {
    output: [{ name, type: { value: { case: 'tensorType', value } } }],
  }).output[0]?.type;
}
