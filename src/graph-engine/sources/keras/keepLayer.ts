import { create } from '@bufbuild/protobuf';
import { writeBody } from '../../ops/foreign/foreignBody.ts';
import { foreignOpType, foreignPorts } from '../../ops/foreign/foreignOps.ts';
import { EXAMPLES, ownType, typeProtoOf } from '../../ops/foreign/ownType.ts';
import {
  GraphProtoSchema,
  NodeProtoSchema,
  TensorShapeProtoSchema,
  TensorShapeProto_DimensionSchema,
  TypeProtoSchema,
  TypeProto_TensorSchema,
} from '../../targets/protobuf/generated/onnx_pb.js';
import { elementTypes } from '../onnx/elementTypes.ts';
import type { Bound, DrawnNode } from '../drawing/drawnNode.ts';
import { plainView } from '../drawing/view.ts';
import { CHANNELS_FIRST, LayerRefused, type KerasDrawing } from './kerasDrawing.ts';
import type { KerasLayer } from './kerasModel.ts';

/**
 * Puts a layer that is not known here into the drawing as what it is: it shows with its sizes and what is around it, but computes
 * nothing. Its weights stay in the file. `undefined` where its sizes are not known.
 */
export function keepLayer(
  layer: KerasLayer,
  inputs: readonly Bound[],
  shape: readonly (number | null)[],
  drawing: KerasDrawing,
): Bound | undefined {
  const sizes = shape.slice(1);
  if (inputs.length === 0 || sizes.length === 0 || sizes.length > 3) return undefined;
  if (sizes.some((size) => size === null)) return undefined;
  const [a = 1, b = 1, c = 1] = sizes.map((size) => size ?? 1);
  // Channels come first in what is kept, as everywhere in ONNX.
  const isFirst = drawing.imageView === CHANNELS_FIRST;
  const dims = sizes.length === 3 ? (isFirst ? [a, b, c] : [c, a, b]) : [a, b].slice(0, sizes.length);
  const type = create(TypeProtoSchema, {
    value: {
      case: 'tensorType',
      value: create(TypeProto_TensorSchema, {
        elemType: elementTypes.float32,
        shape: create(TensorShapeProtoSchema, {
          dim: [
            create(TensorShapeProto_DimensionSchema, { value: { case: 'dimParam', value: EXAMPLES } }),
            ...dims.map((size) =>
              create(TensorShapeProto_DimensionSchema, { value: { case: 'dimValue', value: BigInt(size) } }),
            ),
          ],
        }),
      }),
    },
  });
  const names = inputs.map((_, i) => `in${i + 1}`);
  let plain: readonly Bound[];
  try {
    plain = inputs.map((bound) => drawing.plain(bound));
  } catch (error) {
    if (error instanceof LayerRefused) return undefined;
    throw error;
  }
  const body = create(GraphProtoSchema, {
    node: [create(NodeProtoSchema, { opType: layer.className, domain: 'keras', input: names, output: ['out1'] })],
    // What comes in, so that an edit before it is noticed.
    input: names.map((name, i) => {
      const told = plain[i] === undefined ? undefined : typeProtoOf(plain[i].type);
      return { name, ...(told === undefined ? {} : { type: told }) };
    }),
    output: [{ name: 'out1', type }],
  });
  const [inPorts, outPorts] = [foreignPorts('input', plain.length), foreignPorts('output', 1)];
  const [output = ''] = outPorts;
  const own = ownType(type);
  const node: DrawnNode = {
    op: foreignOpType(plain.length, 1),
    parameters: { operator: layer.className, domain: 'keras', opset: 1, body: writeBody(body) },
    inputs: Object.fromEntries(plain.map(({ source }, i) => [inPorts[i] ?? '', source])),
    types: { [output]: own },
    weights: {},
    from: undefined,
    hint: layer.name,
  };
  drawing.drawn.nodes.push(node);
  return { source: { node, port: output }, type: own, view: sizes.length === 3 ? drawing.imageView : plainView(own) };
}
