import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadDocument } from '../src/graph-engine/document/loadDocument.ts';
import { lowerDocument } from '../src/graph-engine/lower/lowerDocument.ts';
import { countMacs } from '../src/graph-engine/program/countMacs.ts';
import { OptimizerSettings } from '../src/graph-engine/program/optimizers/settings.ts';
import { loadTfjsNode } from '../src/main/engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from '../src/main/engines/locateTensorflowEngine.ts';
import type { CompiledProgram } from '../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../src/main/executors/tensorflowExecutor.ts';
import { productRoot } from '../src/main/files/productRoot.ts';
import { benchBatch, servePeer, timeSteps } from './peerProcess.ts';

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
  async prepare(batch) {
    await compiled?.dispose();
    const begun = performance.now();
    const loaded = loadDocument(readFileSync(path.join(productRoot, 'templates/networks/resnet-20.json'), 'utf8'));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    const optimizer = OptimizerSettings.parse({ kind: 'momentum' });
    const lowered = lowerDocument({ ...loaded.value, training: { ...loaded.value.training, optimizer } });
    if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
    const { program, inputs, outputs } = lowered.value;
    const [input, output] = [inputs[0], outputs[0]?.objective];
    const [train, predict] = [program.entries['train'], program.entries['predict']];
    if (!input || !output || !train || !predict) throw new Error('ResNet-20 has one input and one output');
    const made = await executor.compile(program, { seed: 1 });
    compiled = made;
    const compileMs = performance.now() - begun;
    const { images, labels } = benchBatch(batch);
    let count = 0;
    step = async () => {
      const { loss } = await made.run('train', {
        [input.feed]: images,
        [output.targetFeed]: labels,
        learningRate: Float32Array.of(0.01),
        seed: Int32Array.of(1, count++),
      });
      if (!Number.isFinite(loss?.[0])) throw new Error('The loss is not a number');
    };
    await step();
    const firstStepMs = performance.now() - begun - compileMs;
    return { loadMs, compileMs, firstStepMs, macs: countMacs(predict, batch), instructions: train.instructions.length };
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
