import type * as tfjs from '@tensorflow/tfjs-node';
import { loadTfjsNode } from '../src/main/engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from '../src/main/engines/locateTensorflowEngine.ts';
import { benchBatch, servePeer, timeSteps } from './peerProcess.ts';

const located = await locateTensorflowEngine();
if (!located.ok) throw new Error(located.problem.message);
const tf = loadTfjsNode(located.value.addonPath);

/** Zero channels on both sides of the shortcut; tf.layers has nothing of the kind. */
class PadChannels extends tf.layers.Layer {
  static readonly className = 'PadChannels';
  readonly added: number;

  constructor(added: number) {
    super({});
    this.added = added;
  }

  override computeOutputShape([batch, height, width, channels]: number[]): tfjs.Shape {
    return [batch ?? null, height ?? null, width ?? null, (channels ?? 0) + this.added];
  }

  override call(inputs: tfjs.Tensor | tfjs.Tensor[]): tfjs.Tensor {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    const side = Math.floor(this.added / 2);
    return tf.pad(x as tfjs.Tensor4D, [
      [0, 0],
      [0, 0],
      [0, 0],
      [side, this.added - side],
    ]);
  }
}

function resnet20(): tfjs.LayersModel {
  const convolve = (x: tfjs.SymbolicTensor, filters: number, strides = 1): tfjs.SymbolicTensor => {
    const y = tf.layers
      .conv2d({ filters, kernelSize: 3, strides, padding: 'same', useBias: false, kernelInitializer: 'heNormal' })
      .apply(x);
    return tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }).apply(y) as tfjs.SymbolicTensor;
  };
  const relu = (x: tfjs.SymbolicTensor): tfjs.SymbolicTensor => tf.layers.reLU().apply(x) as tfjs.SymbolicTensor;
  const input = tf.input({ shape: [32, 32, 3] });
  let x = relu(convolve(input, 16));
  let channels = 16;
  for (const filters of [16, 32, 64]) {
    for (let block = 0; block < 3; block++) {
      const strides = filters !== channels ? 2 : 1;
      let shortcut = x;
      if (filters !== channels) {
        const subsampled = tf.layers.maxPooling2d({ poolSize: 1, strides }).apply(x);
        shortcut = new PadChannels(filters - channels).apply(subsampled) as tfjs.SymbolicTensor;
      }
      const branch = convolve(relu(convolve(x, filters, strides)), filters);
      x = relu(tf.layers.add().apply([branch, shortcut]) as tfjs.SymbolicTensor);
      channels = filters;
    }
  }
  const pooled = tf.layers.globalAveragePooling2d({}).apply(x);
  const probabilities = tf.layers.dense({ units: 10, activation: 'softmax' }).apply(pooled) as tfjs.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: probabilities });
  model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

let step: () => Promise<void>;

await servePeer({
  async prepare({ batch }) {
    const model = resnet20();
    const parameters = model.trainableWeights.reduce(
      (total, weight) => total + weight.shape.reduce<number>((product, size) => product * (size ?? 1), 1),
      0,
    );
    if (parameters !== 269_722) throw new Error(`${parameters} parameters`);
    const { images, labels } = benchBatch(batch);
    step = async () => {
      const x = tf.tensor4d(images, [batch, 32, 32, 3]);
      const y = tf.tensor2d(Float32Array.from(labels), [batch, 1]);
      const loss = await model.trainOnBatch(x, y);
      tf.dispose([x, y]);
      if (!Number.isFinite(loss)) throw new Error('The loss is not a number');
    };
    await step();
    return {};
  },
  steps: (count) => timeSteps(count, step),
});
