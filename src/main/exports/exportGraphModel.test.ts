import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lowered, networkOf, trainedLooking } from '../../../tests/support/networks.ts';
import { writeRun } from '../../../tests/support/runs.ts';
import { expectAnswers, samplesFor, servedNetworks } from '../../../tests/support/servedNetworks.ts';
import { graphModelOps } from '../../graph-engine/targets/tfjs/graphModelOps.ts';
import { loadTfjsNode, type TfjsNode } from '../engines/loadTfjsNode.ts';
import { locateTensorflowEngine } from '../engines/locateTensorflowEngine.ts';
import { productRoot } from '../files/productRoot.ts';
import { runFiles } from '../runs/runFiles.ts';
import { exportGraphModel } from './exportGraphModel.ts';

/** Nobody to compare with: here the folders are run by hand. */
const alone = { engine: null };

let root: string;
let tf: TfjsNode;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'skipwire-tfjs-'));
  const located = await locateTensorflowEngine();
  if (!located.ok) throw new Error(located.problem.message);
  tf = loadTfjsNode(located.value.addonPath);
  // The kernels in plain JavaScript, which a browser has too.
  await tf.setBackend('cpu');
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each(servedNetworks.map(([name, document]) => ({ name, document })))(
  '$name runs in TensorFlow.js as in the engine',
  { timeout: 180_000 },
  async ({ name, document }) => {
    const program = lowered(document);
    const weights = trainedLooking(program.program, 3);
    const runFolder = await writeRun(path.join(root, `${name}-run`), document, { [runFiles.best]: weights });
    const done = await exportGraphModel(
      { document, runFolder, folder: path.join(root, name), overwrite: false },
      alone,
    );
    const model = await tf.loadGraphModel(`file://${done.path}/model.json`);
    for (const batch of [1, 3]) {
      const samples = samplesFor(program, batch);
      const feeds = Object.fromEntries(
        program.inputs.map(({ path: input }, i): [string, Tensor] => {
          const { dims = [], data = new Float32Array() } = samples[input] ?? {};
          const kind = data instanceof Int32Array ? 'int32' : 'float32';
          return [done.inputs[i]?.name ?? '', tf.tensor(data, [...dims], kind)];
        }),
      );
      const answers = model.execute(
        feeds,
        done.outputs.map((output) => output.name),
      );
      const list = Array.isArray(answers) ? answers : [answers];
      const ends = program.outputs.flatMap(({ path: output, ports }) =>
        Object.keys(ports).map((port) => ({ path: output, port })),
      );
      const received = list.map((tensor, i) => {
        const { path: output = '', port = '' } = ends[i] ?? {};
        return { path: output, port, dims: tensor.shape, data: tensor.dataSync() };
      });
      expectAnswers(program, weights, samples, received);
    }
    model.dispose();
  },
);

test('the graph executor has every operator that predictions are written with', async () => {
  const lists = path.join(productRoot, 'node_modules/@tensorflow/tfjs-converter/dist/operations/op_list');
  const known = new Set<string>();
  for (const file of await readdir(lists)) {
    if (!file.endsWith('.js')) continue;
    const source = await readFile(path.join(lists, file), 'utf8');
    for (const [, op = ''] of source.matchAll(/'tfOpName': '(\w+)'/g)) known.add(op);
  }
  expect([...graphModelOps].filter((op) => !known.has(op))).toEqual([]);
});

test('large weights lie in shards of four megabytes', async () => {
  const document = networkOf({
    image: { op: 'featureInput', parameters: { size: 1500 } },
    dense: { op: 'dense', parameters: { units: 1000 } },
    output: { op: 'regressionOutput' },
  });
  const folder = path.join(root, 'shards');
  const done = await exportGraphModel({ document, runFolder: null, folder, overwrite: false }, alone);
  expect(done.files).toEqual(['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin']);
  const sizes = await Promise.all(
    done.files.slice(1).map(async (file) => (await readFile(path.join(folder, file))).length),
  );
  expect(sizes).toEqual([4 * 1024 * 1024, (1500 * 1000 + 1000) * 4 - 4 * 1024 * 1024]);
});
