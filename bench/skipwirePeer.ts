import { loadTfjsNode } from '../src/main/engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from '../src/main/engines/locateTensorflowEngine.ts';
import { isKernelFamily } from '../src/main/engines/loadKernels.ts';
import { openTensorflowExecutor } from '../src/main/executors/tensorflowExecutor.ts';
import { servePeer } from './peerProcess.ts';
import { trainingPeer } from './trainingPeer.ts';

const started = performance.now();
// What it may use of our own kernels: everything, unless it is named.
const [families] = process.argv.slice(2);
const executor = await openTensorflowExecutor(
  families === undefined ? {} : { ownKernels: families.split(',').filter(isKernelFamily) },
);
const loadMs = performance.now() - started;

const located = await locateTensorflowEngine();
if (!located.ok) throw new Error(located.problem.message);
// Loaded already: this is the same module.
const tensorflow = loadTfjsNode(located.value.addonPath);

await servePeer({ ...trainingPeer(executor, loadMs), sgemm });

/** The product of two 2048 x 2048 matrices, the best of ten. */
function sgemm(): number {
  const size = 2048;
  const [a, b] = [tensorflow.ones([size, size]), tensorflow.ones([size, size])];
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    const begun = performance.now();
    const product = tensorflow.matMul(a, b);
    product.slice([0, 0], [1, 1]).dataSync();
    best = Math.min(best, performance.now() - begun);
    product.dispose();
  }
  tensorflow.dispose([a, b]);
  return (2 * size ** 3) / best / 1e6;
}
