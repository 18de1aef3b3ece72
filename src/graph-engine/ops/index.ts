import type { OpDefinition } from '../core/opDefinition.ts';
import { elu } from './activation/elu.ts';
import { gatedLinearUnit } from './activation/gatedLinearUnit.ts';
import { gelu } from './activation/gelu.ts';
import { hardSigmoid } from './activation/hardSigmoid.ts';
import { hardSwish } from './activation/hardSwish.ts';
import { leakyRelu } from './activation/leakyRelu.ts';
import { prelu } from './activation/prelu.ts';
import { relu } from './activation/relu.ts';
import { relu6 } from './activation/relu6.ts';
import { selu } from './activation/selu.ts';
import { sigmoid } from './activation/sigmoid.ts';
import { silu } from './activation/silu.ts';
import { softmax } from './activation/softmax.ts';
import { tanh } from './activation/tanh.ts';
import { crop2d } from './arrangement/crop2d.ts';
import { cropToMatch } from './arrangement/cropToMatch.ts';
import { flatten } from './arrangement/flatten.ts';
import { imageToSequence } from './arrangement/imageToSequence.ts';
import { pad2d } from './arrangement/pad2d.ts';
import { padChannels } from './arrangement/padChannels.ts';
import { permute } from './arrangement/permute.ts';
import { pixelShuffle } from './arrangement/pixelShuffle.ts';
import { reduce } from './arrangement/reduce.ts';
import { reshape } from './arrangement/reshape.ts';
import { selectPosition } from './arrangement/selectPosition.ts';
import { slice } from './arrangement/slice.ts';
import { split } from './arrangement/split.ts';
import { upsampling2d } from './arrangement/upsampling2d.ts';
import { multiHeadAttention } from './attention/multiHeadAttention.ts';
import { scaledDotProductAttention } from './attention/scaledDotProductAttention.ts';
import { conv1d } from './convolution/conv1d.ts';
import { conv2d } from './convolution/conv2d.ts';
import { convTranspose2d } from './convolution/convTranspose2d.ts';
import { depthwiseConv1d } from './convolution/depthwiseConv1d.ts';
import { depthwiseConv2d } from './convolution/depthwiseConv2d.ts';
import { separableConv2d } from './convolution/separableConv2d.ts';
import { dense } from './dense/dense.ts';
import { classToken } from './embedding/classToken.ts';
import { embedding } from './embedding/embedding.ts';
import { positionalEmbedding } from './embedding/positionalEmbedding.ts';
import { tokenLogits } from './embedding/tokenLogits.ts';
import { foreignOp } from './foreign/foreignOps.ts';
import { blockInput, blockOutput } from './input/blockPort.ts';
import { featureInput } from './input/featureInput.ts';
import { input } from './input/input.ts';
import { sequenceInput } from './input/sequenceInput.ts';
import { tokenInput } from './input/tokenInput.ts';
import { add } from './merge/add.ts';
import { concatenate } from './merge/concatenate.ts';
import { multiply } from './merge/multiply.ts';
import { multiplyBy } from './merge/multiplyBy.ts';
import { scale } from './merge/scale.ts';
import { subtract } from './merge/subtract.ts';
import { batchNormalization } from './normalization/batchNormalization.ts';
import { groupNormalization } from './normalization/groupNormalization.ts';
import { instanceNormalization } from './normalization/instanceNormalization.ts';
import { layerNormalization } from './normalization/layerNormalization.ts';
import { rmsNormalization } from './normalization/rmsNormalization.ts';
import { binaryOutput } from './output/binaryOutput.ts';
import { classificationOutput } from './output/classificationOutput.ts';
import { featureOutput } from './output/featureOutput.ts';
import { nextTokenOutput } from './output/nextTokenOutput.ts';
import { policyOutput } from './output/policyOutput.ts';
import { regressionOutput } from './output/regressionOutput.ts';
import { segmentationOutput } from './output/segmentationOutput.ts';
import { adaptiveAveragePooling2d } from './pooling/adaptiveAveragePooling2d.ts';
import { adaptiveMaxPooling2d } from './pooling/adaptiveMaxPooling2d.ts';
import { averagePooling1d } from './pooling/averagePooling1d.ts';
import { averagePooling2d } from './pooling/averagePooling2d.ts';
import { globalAveragePooling } from './pooling/globalAveragePooling.ts';
import { globalMaxPooling } from './pooling/globalMaxPooling.ts';
import { maxPooling1d } from './pooling/maxPooling1d.ts';
import { maxPooling2d } from './pooling/maxPooling2d.ts';
import { dropPath } from './regularization/dropPath.ts';
import { dropout } from './regularization/dropout.ts';
import { spatialDropout } from './regularization/spatialDropout.ts';

/** Every op there is, in the order of the palette. Adding one is its file and its line here. */
export const ops = [
  input,
  sequenceInput,
  tokenInput,
  featureInput,
  conv2d,
  depthwiseConv2d,
  separableConv2d,
  convTranspose2d,
  conv1d,
  depthwiseConv1d,
  batchNormalization,
  layerNormalization,
  groupNormalization,
  instanceNormalization,
  rmsNormalization,
  relu,
  leakyRelu,
  prelu,
  relu6,
  elu,
  selu,
  gelu,
  silu,
  gatedLinearUnit,
  hardSwish,
  hardSigmoid,
  sigmoid,
  tanh,
  softmax,
  add,
  multiply,
  subtract,
  concatenate,
  scale,
  multiplyBy,
  maxPooling2d,
  averagePooling2d,
  globalAveragePooling,
  globalMaxPooling,
  adaptiveAveragePooling2d,
  adaptiveMaxPooling2d,
  maxPooling1d,
  averagePooling1d,
  flatten,
  reshape,
  imageToSequence,
  selectPosition,
  slice,
  split,
  permute,
  reduce,
  padChannels,
  pad2d,
  crop2d,
  cropToMatch,
  upsampling2d,
  pixelShuffle,
  dense,
  multiHeadAttention,
  scaledDotProductAttention,
  embedding,
  positionalEmbedding,
  classToken,
  tokenLogits,
  dropout,
  spatialDropout,
  dropPath,
  classificationOutput,
  binaryOutput,
  regressionOutput,
  segmentationOutput,
  nextTokenOutput,
  policyOutput,
  featureOutput,
  blockInput,
  blockOutput,
] as const;

const byType = new Map<string, OpDefinition>();
for (const op of ops) {
  if (byType.has(op.type)) throw new Error(`Two ops have the type "${op.type}"`);
  // The table forgets the exact parameter and port names; each op parsed its own parameters before they come back to it.
  byType.set(op.type, op);
}

/** The op of that type, or `undefined` when this version has none. */
export function opNamed(type: string): OpDefinition | undefined {
  return byType.get(type) ?? foreignOp(type);
}

/** All ops with their exact names forgotten. */
export const opDefinitions: readonly OpDefinition[] = [...byType.values()];
