import type { NamedTensorMap, Tensor as TfTensor } from '@tensorflow/tfjs-node';
import { loadTfjsNode, type TfjsNode } from './engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from './engines/locateTensorflowEngine.ts';
import { thinned } from './verification/thinning.ts';
import { ServedRequest, type Tensor, type VerifyReply } from './verification/verifyMessages.ts';

type Answer = (feeds: NamedTensorMap) => NamedTensorMap;

/**
 * Loads one folder that was written for TensorFlow or TensorFlow.js as its users do, runs it on given inputs and exits. A process of
 * its own: native code may be missing, crash or hang, and none of that may reach the host.
 */
async function verify(request: ServedRequest): Promise<VerifyReply> {
  let tf: TfjsNode;
  let runtime: string;
  try {
    const located = await locateTensorflowEngine();
    if (!located.ok) return failed('load', new Error(located.problem.message));
    tf = loadTfjsNode(located.value.addonPath);
    if (request.kernels === 'plain') await tf.setBackend('cpu');
    await tf.ready();
    runtime = runtimeOf(tf, request);
  } catch (error) {
    return failed('load', error);
  }
  let answer: Answer;
  try {
    answer = await openFolder(tf, request);
  } catch (error) {
    return failed('open', error);
  }
  try {
    const batches = request.batches.map((inputs) => {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { dims, data }]) => [
          name,
          tf.tensor(data, dims, data instanceof Int32Array ? 'int32' : 'float32'),
        ]),
      );
      const answers = answer(feeds);
      const kept = request.outputs.map(
        (name) => [name, thinned(read(answers[name], name), request.thinnings?.[name])] as const,
      );
      tf.dispose([feeds, answers]);
      return Object.fromEntries(kept);
    });
    return { kind: 'done', runtime, batches };
  } catch (error) {
    return failed('run', error);
  }
}

function runtimeOf(tf: TfjsNode, { kind, kernels }: ServedRequest): string {
  if (kind === 'saved-model') return `TensorFlow, loading it as a server does`;
  return `TensorFlow.js ${tf.version['tfjs-core']} with ${kernels === 'plain' ? 'its plain' : 'native'} kernels`;
}

async function openFolder(tf: TfjsNode, { kind, folder, inputs, outputs }: ServedRequest): Promise<Answer> {
  switch (kind) {
    case 'saved-model': {
      const model = await tf.node.loadSavedModel(folder);
      return (feeds) => model.predict(feeds) as NamedTensorMap;
    }
    case 'graph-model': {
      const model = await tf.loadGraphModel(`file://${folder}/model.json`);
      return (feeds) => namedAs(outputs, model.execute(feeds, outputs));
    }
    case 'layers-model': {
      const model = await tf.loadLayersModel(`file://${folder}/model.json`);
      const order = model.outputNames;
      return (feeds) => namedAs(order, model.predict(inputs.map((name) => tensorAt(feeds, name))));
    }
  }
}

function namedAs(names: readonly string[], answers: TfTensor | TfTensor[] | NamedTensorMap): NamedTensorMap {
  if (!Array.isArray(answers)) return 'dataSync' in answers ? { [names[0] ?? '']: answers as TfTensor } : answers;
  return Object.fromEntries(answers.map((tensor, i) => [names[i] ?? '', tensor]));
}

function tensorAt(feeds: NamedTensorMap, name: string): TfTensor {
  const tensor = feeds[name];
  if (tensor === undefined) throw new Error(`There is nothing for the input "${name}".`);
  return tensor;
}

function read(tensor: TfTensor | undefined, name: string): Tensor {
  const data = tensor?.dataSync();
  if (!(data instanceof Float32Array || data instanceof Int32Array) || tensor === undefined) {
    throw new Error(`The output "${name}" is no float32 or int32 tensor.`);
  }
  return { dims: [...tensor.shape], data };
}

function failed(stage: 'load' | 'open' | 'run', error: unknown): VerifyReply {
  return { kind: 'failed', stage, message: error instanceof Error ? error.message : String(error) };
}

process.once('message', (message) => {
  void verify(ServedRequest.parse(message)).then((reply) => {
    process.send?.(reply, () => process.disconnect());
  });
});
