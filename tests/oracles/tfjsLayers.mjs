/*
 * Writes a small layers model by TensorFlow.js as tests/fixtures/keras/tfjs, with what it predicts:
 *
 *     node tests/oracles/tfjsLayers.mjs
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';

const folder = path.join(import.meta.dirname, '../fixtures/keras/tfjs');
await mkdir(folder, { recursive: true });
const image = tf.input({ shape: [9, 8, 2], name: 'image' });
const { layers } = tf;
let x = layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }).apply(image);
const y = layers.batchNormalization({}).apply(layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }).apply(x));
x = layers.add().apply([x, y]);
x = layers.flatten().apply(layers.maxPooling2d({ poolSize: 2 }).apply(x));
const inner = tf.sequential({
  name: 'head',
  layers: [
    layers.dense({ units: 6, inputShape: [16], activation: 'tanh' }),
    layers.dense({ units: 3, activation: 'softmax' }),
  ],
});
const model = tf.model({ inputs: image, outputs: inner.apply(x), name: 'layers' });
let seed = 0;
const numbers = (count, positive) =>
  Float32Array.from({ length: count }, () => ((seed++ * 7919) % 201) / (positive ? 200 : 100) - (positive ? -0.5 : 1));
model.setWeights(
  model.weights.map(({ shape, name }) =>
    tf.tensor(numbers(tf.util.sizeFromShape(shape), name.includes('variance')), shape),
  ),
);
await model.save(
  tf.io.withSaveHandler(async ({ modelTopology, format, generatedBy, convertedBy, weightSpecs, weightData }) => {
    const bytes = new Uint8Array(Array.isArray(weightData) ? weightData[0] : weightData);
    // Two shards, one of which ends within a weight.
    const at = Math.floor(bytes.length / 8) * 4 + 2;
    const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
    await writeFile(path.join(folder, paths[0]), bytes.subarray(0, at));
    await writeFile(path.join(folder, paths[1]), bytes.subarray(at));
    const manifest = [{ paths, weights: weightSpecs }];
    const json = { format, generatedBy, convertedBy, modelTopology, weightsManifest: manifest };
    await writeFile(path.join(folder, 'model.json'), `${JSON.stringify(json)}\n`);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  }),
);
const fed = tf.tensor(
  Float32Array.from({ length: 2 * 9 * 8 * 2 }, (_, i) => (((i * 7919) % 201) - 100) / 50),
  [2, 9, 8, 2],
);
const answer = await model.predict(fed).data();
await writeFile(
  path.join(folder, 'answers.json'),
  `${JSON.stringify({ parameters: model.countParams(), output: [...answer].map((value) => Number(value.toFixed(7))) })}\n`,
);
