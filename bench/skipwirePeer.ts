import { lowerDocument } from '../src/graph-engine/lower/lowerDocument.ts';
import { countMacs } from '../src/graph-engine/program/countMacs.ts';
import { OptimizerSettings } from '../src/graph-engine/program/optimizers/settings.ts';
import { livePeak } from '../src/graph-engine/program/passes/livePeak.ts';
import { loadTfjsNode } from '../src/main/engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from '../src/main/engines/locateTensorflowEngine.ts';
import type { CompiledProgram } from '../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../src/main/executors/tensorflowExecutor.ts';
import { feedsOf, openNetwork } from './benchNetwork.ts';
import { servePeer, timeSteps } from './peerProcess.ts';

const started = performance.now();
const executor = await openTensorflowExecutor();
const loadMs = performance.now() - started;

const located = await locateTensorflowEngine();
if (!located.ok) throw new Error(located.problem.message);
// Loaded already: this is the same module.
const tensorflow = loadTfjsNode(located.value.addonPath);

let step: () => Promise<void>;
let compiled: CompiledProgram | undefined;

await servePeer({
  async prepare({ network, batch, size, precision, recompute }) {
    await compiled?.dispose();
    const begun = performance.now();
    const document = openNetwork(network, size);
    const optimizer = OptimizerSettings.parse({ kind: 'momentum' });
    const training = { ...document.training, optimizer, precision, recompute };
    const lowered = lowerDocument({ ...document, training });
    if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
    const { program } = lowered.value;
    const [train, predict] = [program.entries['train'], program.entries['predict']];
    if (!train || !predict) throw new Error(`${network} has no loss`);
    const made = await executor.compile(program, { seed: 1 });
    compiled = made;
    const compileMs = performance.now() - begun;
    const feeds = feedsOf(train, batch);
    let count = 0;
    step = async () => {
      const { loss } = await made.run('train', { ...feeds, seed: Int32Array.of(1, count++) });
      if (!Number.isFinite(loss?.[0])) throw new Error('The loss is not a number');
    };
    await step();
    const firstStepMs = performance.now() - begun - compileMs;
    const { bytes: livePeakBytes } = livePeak(train, batch);
    const instructions = train.instructions.length;
    return { loadMs, compileMs, firstStepMs, macs: countMacs(predict, batch), instructions, livePeakBytes };
  },
  steps: (count) => timeSteps(count, step),
  sgemm,
});

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
