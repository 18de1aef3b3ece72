import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lowered, networkOf, trainedLooking } from '../../../tests/support/networks.ts';
import { pythonWith } from '../../../tests/support/python.ts';
import { writeRun } from '../../../tests/support/runs.ts';
import { expectAnswers, samplesFor, servedNetworks, type Sample } from '../../../tests/support/servedNetworks.ts';
import type { Served } from '../../contract/servingExports.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { onnxName } from '../../graph-engine/targets/onnx/uniqueNames.ts';
import { loadTfjsNode, type TfjsNode } from '../engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from '../engines/locateTensorflowEngine.ts';
import { runFiles } from '../runs/runFiles.ts';
import { exportSavedModel } from './exportSavedModel.ts';

/** Nobody to compare with: here the folders are run by hand. */
const alone = { engine: null };

let root: string;
let tf: TfjsNode;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'skipwire-saved-model-'));
  const located = await locateTensorflowEngine();
  if (!located.ok) throw new Error(located.problem.message);
  tf = loadTfjsNode(located.value.addonPath);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const python = pythonWith('tensorflow');
const served = servedNetworks.map(([name, document]) => ({ name, document }));

async function exported(name: string, document: SkipwireDocument) {
  const weights = trainedLooking(lowered(document).program, 3);
  const runFolder = await writeRun(path.join(root, `${name}-run`), document, { [runFiles.best]: weights });
  const done = await exportSavedModel({ document, runFolder, folder: path.join(root, name), overwrite: false }, alone);
  return { weights, done };
}

/** The name of an input is that of its node, as far as TensorFlow can have it. */
function pathOfInput({ inputs }: Served, program: ReturnType<typeof lowered>, name: string): string {
  return program.inputs[inputs.findIndex((input) => input.name === name)]?.path ?? '';
}

function endOf(program: ReturnType<typeof lowered>, name: string) {
  for (const { path: output, ports } of program.outputs) {
    for (const port of Object.keys(ports)) {
      if (name === port || name === `${output}.${port}`) return { path: output, port };
    }
  }
  throw new Error(`Nothing is called ${name}`);
}

test.each(served)(
  '$name is served by TensorFlow as the engine answers',
  { timeout: 180_000 },
  async ({ name, document }) => {
    const program = lowered(document);
    const { weights, done } = await exported(name, document);
    const model = await tf.node.loadSavedModel(done.path, ['serve'], 'serving_default');
    expect(model.inputs.map((input) => input.name.replace(':0', ''))).toEqual(done.inputs.map((input) => input.name));
    for (const batch of [1, 3]) {
      const samples = samplesFor(program, batch);
      const feeds = Object.fromEntries(
        done.inputs.map((input): [string, Tensor] => {
          const { dims, data } = samples[pathOfInput(done, program, input.name)] ?? {
            dims: [],
            data: new Float32Array(),
          };
          return [input.name, tf.tensor(data, [...dims], data instanceof Int32Array ? 'int32' : 'float32')];
        }),
      );
      const answers = model.predict(feeds) as NamedTensorMap;
      const received = done.outputs.map((output) => {
        const tensor = answers[output.name];
        if (tensor === undefined) throw new Error(`No answer ${output.name}`);
        return { ...endOf(program, output.name), dims: tensor.shape, data: tensor.dataSync() };
      });
      expectAnswers(program, weights, samples, received);
    }
    model.dispose();
  },
);

test.skipIf(python === undefined)(
  "Python's TensorFlow loads every one of them, its checkpoint too, and answers the same",
  { timeout: 300_000 },
  async () => {
    const orders = [];
    for (const { name, document } of served) {
      const program = lowered(document);
      const { weights, done } = await exported(`py ${name}`, document);
      const samples = samplesFor(program, 3);
      const inputs = done.inputs.map((input) => {
        const { dims, data } = samples[pathOfInput(done, program, input.name)] as Sample;
        return { name: input.name, dims, data: [...data], dtype: data instanceof Int32Array ? 'int32' : 'float32' };
      });
      orders.push({ program, weights, samples, order: { folder: done.path, inputs } });
    }
    const file = path.join(root, 'orders.json');
    await writeFile(file, JSON.stringify(orders.map(({ order }) => order)));
    const script = path.join(import.meta.dirname, '../../../tests/oracles/savedModels.py');
    const answer = JSON.parse(execFileSync(python ?? '', [script, file], { encoding: 'utf8', maxBuffer: 1e9 })) as {
      readonly outputs: Readonly<Record<string, { readonly dims: number[]; readonly data: number[] }>>;
      readonly checkpoint: Readonly<Record<string, readonly number[]>>;
    }[];
    for (const [i, { program, weights, samples }] of orders.entries()) {
      const { outputs = {}, checkpoint = {} } = answer[i] ?? {};
      const received = Object.entries(outputs).map(([name, tensor]) => ({ ...endOf(program, name), ...tensor }));
      expectAnswers(program, weights, samples, received);
      // Named as in the document, so that TensorFlow's own tools read them.
      const dims = program.program.variables.flatMap(({ name, role, dims }) =>
        role === 'slot' ? [] : [[onnxName(name), dims] as const],
      );
      expect(checkpoint).toEqual(Object.fromEntries(dims));
    }
  },
);

describe('the folder', () => {
  const small = networkOf({
    image: { op: 'input', parameters: { height: 3, width: 3, channels: 2 } },
    flatten: { op: 'flatten' },
    dense: { op: 'dense', parameters: { units: 4 } },
    output: { op: 'classificationOutput' },
  });
  const order = { document: small, runFolder: null };

  test('is whole, is replaced only when that is said, and never when something else is in it', async () => {
    const folder = path.join(root, 'new', 'small');
    const done = await exportSavedModel({ ...order, folder, overwrite: false }, alone);
    expect(done).toMatchObject({ weights: 'initial', inputs: [{ name: 'image', dims: [-1, 3, 3, 2] }] });
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
      'saved_model.pb',
      'variables',
      'variables/variables.data-00000-of-00001',
      'variables/variables.index',
    ]);
    await expect(exportSavedModel({ ...order, folder, overwrite: false }, alone)).rejects.toMatchObject({
      problem: { code: 'file/exists' },
    });
    await exportSavedModel({ ...order, folder, overwrite: true }, alone);
    expect(await readdir(path.dirname(folder))).toEqual(['small']);

    const precious = path.join(root, 'precious');
    await mkdir(precious);
    await writeFile(path.join(precious, 'thesis.tex'), 'years of work');
    await expect(exportSavedModel({ ...order, folder: precious, overwrite: true }, alone)).rejects.toMatchObject({
      problem: { code: 'file/other-content' },
    });
    expect(await readFile(path.join(precious, 'thesis.tex'), 'utf8')).toBe('years of work');
  });

  test('is not there when the export was called off', async () => {
    const folder = path.join(root, 'never', 'small');
    const stopped = exportSavedModel({ ...order, folder, overwrite: false, signal: AbortSignal.abort() }, alone);
    await expect(stopped).rejects.toMatchObject({ problem: { code: 'export/cancelled' } });
    expect(await readdir(path.dirname(folder))).toEqual([]);
  });

  test('answers only what is asked for, for so many examples', async () => {
    const folder = path.join(root, 'chosen');
    const done = await exportSavedModel(
      {
        ...order,
        folder,
        overwrite: false,
        options: { answers: 'scores', batch: 2 },
      },
      alone,
    );
    expect(done.inputs).toEqual([{ name: 'image', dims: [2, 3, 3, 2] }]);
    expect(done.outputs).toEqual([{ name: 'logits', dims: [2, 4] }]);
  });
});
