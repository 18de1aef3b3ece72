import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeSafetensors, encodeSafetensors } from '../../src/graph-engine/targets/safetensors/safetensors.ts';
import type { Executor } from '../../src/main/executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../../src/main/executors/tensorflowExecutor.ts';
import { takeWeights } from '../../src/main/imports/takeWeights.ts';
import { lowered } from '../support/networks.ts';
import { pooled, reducedTemplate, withContrast } from '../support/oracleNetworks.ts';

const golden = path.join(import.meta.dirname, '../golden');
const BATCH = 2;
const EVERY = 8;

const { checkpoints } = z
  .object({ checkpoints: z.record(z.string(), z.record(z.string(), z.array(z.string()))) })
  .parse(JSON.parse(gunzipSync(readFileSync(path.join(golden, 'checkpointNames.json.gz'))).toString()));
/** What tests/oracles/checkpointLogits.py wrote: what the library's own model predicts with these weights. */
const predictions = z
  .record(z.string(), z.object({ template: z.string(), size: z.int(), logits: z.array(z.array(z.number())) }))
  .parse(JSON.parse(readFileSync(path.join(golden, 'checkpointLogits.json'), 'utf8')));

/** One of each way of naming; the others differ from these in depth and width alone, and `npm run verify:pytorch` takes all. */
const inEveryRun = [
  'torchvision/resnet18',
  'torchvision/mobilenet_v2',
  'torchvision/densenet121',
  'timm/vit_small_patch16_224',
];
const chosen = process.env['SKIPWIRE_VERIFY'] === 'all' ? Object.keys(predictions) : inEveryRun;

/** The values of a tensor, as in the script. */
function valuesOf(name: string, dims: readonly number[]): Float32Array {
  if (name.endsWith('running_var') || (name.endsWith('weight') && dims.length === 1))
    return pooled(name, dims, 0.5, 1.5);
  if (dims.length < 2 || dims[0] === 1) return pooled(name, dims, -0.25, 0.25);
  const limit = Math.sqrt(3 / dims.slice(1).reduce((product, size) => product * size, 1));
  return pooled(name, dims, -limit, limit);
}

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await openTensorflowExecutor();
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-checkpoints-'));
});
afterAll(async () => {
  await executor.dispose();
  await rm(folder, { recursive: true });
});

test.each(chosen)(
  'with a checkpoint of %s laid beside it, the template predicts what the model itself does',
  async (name) => {
    const { template, size, logits } = predictions[name] ?? { template: '', size: 0, logits: [] };
    const file = path.join(folder, 'checkpoint.safetensors');
    const lines = checkpoints[template]?.[name] ?? [];
    const tensors = lines.map((line) => {
      const [tensor = '', text = ''] = line.split(' ');
      const dims = text === '' ? [] : text.split('x').map(Number);
      return [tensor, text === '' ? { dims, data: Int32Array.of(0) } : { dims, data: valuesOf(tensor, dims) }] as const;
    });
    await writeFile(file, encodeSafetensors({ tensors: Object.fromEntries(tensors), metadata: { format: 'pt' } }));
    const document = reducedTemplate(template, { input: { height: size, width: size } });
    const taken = path.join(folder, 'taken.safetensors');
    const { rows } = await takeWeights(document, file, taken);
    expect(rows.filter(({ kind }) => kind !== 'matched')).toEqual([]);

    const { program } = lowered(document);
    const predict = program.entries['predict'];
    if (predict === undefined) throw new Error('A document can predict');
    const stored = decodeSafetensors(await readFile(taken));
    if (!stored.ok) throw new Error(stored.error.message);
    const values = Object.fromEntries(
      Object.entries(stored.value.tensors).map(([variable, { data }]) => [variable, Float32Array.from(data)]),
    );
    const variables = program.variables
      .filter(({ role }) => role !== 'slot')
      .map((variable) => ({ ...variable, initializer: { kind: 'zeros' } as const }));
    const compiled = await executor.compile({ variables, entries: { predict } }, { seed: 1, selfCheck: false });
    await compiled.writeVariables(values);
    const images = withContrast(pooled('images', [BATCH, size, size, 3], -1.5, 1.5), BATCH);
    const results = await compiled.run('predict', { 'inputs/input': images }, ['output/logits']);
    await compiled.dispose();
    const found = results['output/logits'] ?? new Float32Array();
    const largest = Math.max(...logits.flat().map(Math.abs));
    const worst = logits.flatMap((row, example) =>
      row.map(
        (value, i) => Math.abs((found[(example * found.length) / BATCH + i * EVERY] ?? Number.NaN) - value) / largest,
      ),
    );
    // The script computes in double precision: this is what float32 strays over as many layers.
    expect(Math.max(...worst)).toBeLessThan(1e-4);
  },
  120_000,
);
