import { loadKernels } from './loadKernels.ts';
import { loadTfjsNode } from './loadTfjsNode.ts';

/**
 * A program of its own, because native code that does not fit ends its process: loads the addon named by its argument,
 * multiplies and convolves, and prints one line of JSON. Our own kernels are loaded where there are some. The second convolution
 * is large enough to be shared by threads; its sum is whole and exact.
 */
const addonPath = process.argv[2];
if (addonPath === undefined) throw new Error('usage: engineSelfTest ADDON');

const tf = loadTfjsNode(addonPath);
const kernels = [...loadKernels(addonPath)];
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
const image = tf.ones([1, 4, 4, 2]).as4D(1, 4, 4, 2);
const convolved = tf.conv2d(image, tf.ones([3, 3, 2, 1]).as4D(3, 3, 2, 1), 1, 'valid');
const shared = tf.conv2d(
  tf.ones([4, 34, 34, 16]).as4D(4, 34, 34, 16),
  tf.ones([3, 3, 16, 16]).as4D(3, 3, 16, 16),
  1,
  'valid',
);
const received = [...product.dataSync(), ...convolved.dataSync(), ...shared.sum().dataSync()];
const backend = tf.backend() as unknown as { binding?: { TF_Version?: string } };
process.stdout.write(
  `${JSON.stringify({ tensorflow: backend.binding?.TF_Version ?? 'unknown', backend: tf.getBackend(), received, kernels })}\n`,
);
