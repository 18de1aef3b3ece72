import { create } from '@bufbuild/protobuf';
import { AttributeProtoSchema, type AttributeProto } from '../../targets/protobuf/generated/onnx_pb.js';
import { constantOf, type ConstantTensor } from './constantTensor.ts';
import { elementTypes } from './elementTypes.ts';
import { fromFront, type Fact } from './facts.ts';
import { floatOf, intOf, intsOf, textOf, type SourceNode } from './sourceModel.ts';

/** The operator set whose forms nodes are brought into; what changed later is understood in both forms. */
export const FORM_OPSET = 18;

/** What bringing a node into today's form may use. */
export interface ModernizeContext {
  readonly opset: number;
  readonly fact: (name: string) => Fact | undefined;
  /** Adds a constant and returns its name. */
  readonly constant: (hint: string, tensor: ConstantTensor) => string;
}

type Change = (node: SourceNode, context: ModernizeContext) => readonly SourceNode[];

/** Writes a node of an older operator set in the form of opset 18; a node that needs nothing comes back as it is. */
export function modernizeNode(node: SourceNode, context: ModernizeContext): readonly SourceNode[] {
  if (node.domain !== '') return [node];
  if (node.opType === 'CastLike') return [castLike(node, context)];
  if (context.opset >= FORM_OPSET) return [node];
  const change = Object.hasOwn(changes, node.opType) ? changes[node.opType] : undefined;
  return change?.(node, context) ?? [node];
}

/** A CastLike as the Cast that it is, where the type that it goes by is known. */
function castLike(node: SourceNode, { fact }: ModernizeContext): SourceNode {
  const [input = '', like = ''] = node.inputs;
  const to = fact(like)?.elementType ?? 0;
  if (to === 0) return node;
  return { ...node, opType: 'Cast', inputs: [input], attributes: new Map([attribute('to', to)]) };
}

function integers(context: ModernizeContext, node: SourceNode, part: string, values: readonly number[]): string {
  const tensor = constantOf(elementTypes.int64, [values.length], Float64Array.from(values));
  return context.constant(`${node.outputs[0] ?? node.name}.${part}`, tensor);
}

function without(node: SourceNode, names: readonly string[], inputs = node.inputs): SourceNode {
  const attributes = new Map([...node.attributes].filter(([name]) => !names.includes(name)));
  return { ...node, inputs, attributes };
}

/** An attribute that is a whole number or text. */
export function attribute(name: string, value: number | string): [string, AttributeProto] {
  const proto =
    typeof value === 'number'
      ? create(AttributeProtoSchema, { name, type: 2, i: BigInt(value) })
      : create(AttributeProtoSchema, { name, type: 3, s: Uint8Array.from(value, (c) => c.charCodeAt(0)) });
  return [name, proto];
}

function attributeToInput(name: string): Change {
  return (node, context) => {
    const values = intsOf(node, name);
    if (values === undefined || node.inputs.length > 1) return [node];
    return [without(node, [name], [node.inputs[0] ?? '', integers(context, node, name, values)])];
  };
}

/** Element by element operators once took the second operand beside an axis of the first. */
const legacyBroadcast: Change = (node, context) => {
  if (!node.attributes.has('broadcast') && !node.attributes.has('axis')) return [node];
  const plain = without(node, ['broadcast', 'axis', 'consumed_inputs']);
  const [a = '', b = ''] = node.inputs;
  const [left, right] = [context.fact(a)?.dims, context.fact(b)?.dims];
  const given = node.attributes.get('axis');
  if (given === undefined || left === undefined || right === undefined) return [plain];
  const behind = left.length - fromFront(Number(given.i), left.length) - right.length;
  if (behind <= 0) return [plain];
  const wide = `${b}.wide.${node.outputs[0] ?? ''}`;
  const axes = Array.from({ length: behind }, (_, i) => right.length + i);
  return [unsqueezed(node, b, wide, axes, context), { ...plain, inputs: [a, wide] }];
};

function unsqueezed(
  node: SourceNode,
  from: string,
  to: string,
  axes: readonly number[],
  context: ModernizeContext,
): SourceNode {
  const inputs = [from, integers(context, node, `${to}.axes`, axes)];
  return { ...node, name: `${node.name}.wide`, opType: 'Unsqueeze', inputs, outputs: [to], attributes: new Map() };
}

const legacySoftmax: Change = (node, context) => {
  if (context.opset >= 13) return [node];
  const rank = context.fact(node.inputs[0] ?? '')?.dims?.length;
  // Over which of several axes it was cannot be told without shapes; of one it was this.
  if (rank === undefined) {
    return [{ ...node, attributes: new Map([...node.attributes, attribute('axis', intOf(node, 'axis', 1))]) }];
  }
  const axis = fromFront(intOf(node, 'axis', 1), rank);
  const dims = context.fact(node.inputs[0] ?? '')?.dims ?? [];
  // It was over all axes from this one on; where only one of them has more than one place, that is the same.
  const wide = dims.flatMap((size, i) => (i >= axis && size !== 1 ? [i] : []));
  if (wide.length > 1) return softmaxOverRest(node, axis, dims, context);
  const plain = without(node, ['axis']);
  return [{ ...plain, attributes: new Map([...plain.attributes, attribute('axis', wide[0] ?? axis)]) }];
};

function softmaxOverRest(
  node: SourceNode,
  axis: number,
  dims: readonly number[],
  context: ModernizeContext,
): readonly SourceNode[] {
  const [input = '', output = ''] = [node.inputs[0], node.outputs[0]];
  const [flat, soft] = [`${output}.flat`, `${output}.soft`];
  const plain = without(node, ['axis']);
  // The batch is copied, so that the shape holds for every batch.
  const back = integers(
    context,
    node,
    'sizes',
    dims.map((size, i) => (i === 0 && axis > 0 ? 0 : size)),
  );
  const reshape = {
    ...plain,
    name: `${output}.back`,
    opType: 'Reshape',
    attributes: new Map<string, AttributeProto>(),
  };
  return [
    {
      ...plain,
      name: flat,
      opType: 'Flatten',
      inputs: [input],
      outputs: [flat],
      attributes: new Map([attribute('axis', axis)]),
    },
    { ...plain, inputs: [flat], outputs: [soft], attributes: new Map([attribute('axis', 1)]) },
    { ...reshape, inputs: [soft, back], outputs: [output] },
  ];
}

const legacyUpsample: Change = (node, context) => {
  const scales = node.attributes.get('scales')?.floats;
  const inputs =
    scales === undefined
      ? [node.inputs[0] ?? '', '', node.inputs[1] ?? '']
      : [
          node.inputs[0] ?? '',
          '',
          context.constant(
            `${node.outputs[0] ?? ''}.scales`,
            constantOf(elementTypes.float32, [scales.length], Float32Array.from(scales)),
          ),
        ];
  const attributes = new Map([
    attribute('mode', textOf(node, 'mode', 'nearest')),
    attribute('coordinate_transformation_mode', 'asymmetric'),
    attribute('nearest_mode', 'floor'),
  ]);
  return [{ ...node, opType: 'Resize', inputs, attributes }];
};

const changes: Readonly<Record<string, Change>> = {
  Squeeze: attributeToInput('axes'),
  Unsqueeze: attributeToInput('axes'),
  Reshape: attributeToInput('shape'),
  Split(node, context) {
    if (node.attributes.has('split') || node.inputs.length > 1) return attributeToInput('split')(node, context);
    return [{ ...node, attributes: new Map([...node.attributes, attribute('num_outputs', node.outputs.length)]) }];
  },
  Scatter: (node) => [{ ...node, opType: 'ScatterElements' }],
  ...Object.fromEntries(
    [
      ...['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2', 'ReduceLogSum'],
      ...['ReduceLogSumExp', 'ReduceSumSquare'],
    ].map((name): [string, Change] => [name, attributeToInput('axes')]),
  ),
  ...Object.fromEntries(
    ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'And', 'Or', 'Xor', 'Equal', 'Less', 'Greater'].map(
      (name): [string, Change] => [name, legacyBroadcast],
    ),
  ),
  ...Object.fromEntries(
    ['Relu', 'Sigmoid', 'Tanh', 'Exp', 'Log', 'Sqrt', 'Neg', 'Abs', 'Ceil', 'Floor', 'Reciprocal', 'Elu', 'Selu']
      .concat([
        'LeakyRelu',
        'HardSigmoid',
        'Softplus',
        'Softsign',
        'Min',
        'Max',
        'Sum',
        'Mean',
        'InstanceNormalization',
      ])
      .map((name): [string, Change] => [name, (node) => [without(node, ['consumed_inputs'])]]),
  ),
  Softmax: legacySoftmax,
  LogSoftmax: legacySoftmax,
  Hardmax: legacySoftmax,
  Upsample: legacyUpsample,
  Gemm: (node) => [without(node, ['broadcast'])],
  Concat: (node) => (node.attributes.has('axis') ? [node] : [{ ...node, attributes: new Map([attribute('axis', 1)]) }]),
  Dropout: (node) => [without(node, ['ratio', 'is_test', 'consumed_inputs'], node.inputs.slice(0, 1))],
  BatchNormalization(node, { opset }) {
    // What was given out beside the result before opset 14 was for training alone.
    if (opset >= 14) return [node];
    return [{ ...without(node, ['spatial', 'is_test', 'consumed_inputs']), outputs: node.outputs.slice(0, 1) }];
  },
  PRelu(node, context) {
    const [x = '', slope = ''] = node.inputs;
    const [dims, own] = [context.fact(x)?.dims, context.fact(slope)?.dims];
    // Slopes were one a channel, whatever the rank; since opset 7 they spread as everything else does.
    if (context.opset >= 7 || dims === undefined || own?.length !== 1 || own[0] === 1 || dims.length < 3) return [node];
    const wide = `${slope}.wide.${node.outputs[0] ?? ''}`;
    const axes = dims.slice(2).map((_, i) => i + 1);
    return [unsqueezed(node, slope, wide, axes, context), { ...node, inputs: [x, wide] }];
  },
  Clip(node, context) {
    if (node.inputs.length > 1 || (!node.attributes.has('min') && !node.attributes.has('max'))) {
      return [without(node, ['consumed_inputs'])];
    }
    const bound = (name: string): string =>
      node.attributes.has(name)
        ? context.constant(
            `${node.outputs[0] ?? ''}.${name}`,
            constantOf(elementTypes.float32, [], Float32Array.of(floatOf(node, name, 0))),
          )
        : '';
    const inputs = [node.inputs[0] ?? '', bound('min'), bound('max')];
    return [without(node, ['min', 'max', 'consumed_inputs'], inputs.at(-1) === '' ? inputs.slice(0, 2) : inputs)];
  },
  Slice(node, context) {
    const [starts, ends] = [intsOf(node, 'starts'), intsOf(node, 'ends')];
    if (starts === undefined || ends === undefined) return [node];
    const axes = intsOf(node, 'axes') ?? starts.map((_, i) => i);
    const made = Object.entries({ starts, ends, axes }).map(([part, values]) => integers(context, node, part, values));
    return [without(node, ['starts', 'ends', 'axes'], [node.inputs[0] ?? '', ...made])];
  },
  Pad(node, context) {
    const pads = intsOf(node, 'pads') ?? intsOf(node, 'paddings');
    if (pads === undefined) return [node];
    const value = context.constant(
      `${node.outputs[0] ?? ''}.value`,
      constantOf(elementTypes.float32, [], Float32Array.of(floatOf(node, 'value', 0))),
    );
    const inputs = [node.inputs[0] ?? '', integers(context, node, 'pads', pads), value];
    return [without(node, ['pads', 'paddings', 'value'], inputs)];
  },
  TopK(node, context) {
    const k = node.attributes.get('k');
    if (k === undefined) return [node];
    return [without(node, ['k'], [node.inputs[0] ?? '', integers(context, node, 'k', [Number(k.i)])])];
  },
  Resize(node) {
    if (node.inputs.length !== 2) return [node];
    // The first Resize had no regions and knew one way to count.
    const [x = '', scales = ''] = node.inputs;
    const attributes = new Map([
      ...node.attributes,
      attribute('coordinate_transformation_mode', 'asymmetric'),
      attribute('nearest_mode', 'floor'),
    ]);
    return [{ ...node, inputs: [x, '', scales], attributes }];
  },
};
