import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productRoot } from '../files/productRoot.ts';

const WIDTH = 5120;
const LAYERS = 3;
const TENSOR = WIDTH * WIDTH * 4;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skipwire-memory-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A network of so many dense layers as wide as each other, and a file of its weights that takes no room on the disk. */
async function writeNetwork(name: string, layers: number, width: number): Promise<string> {
  const ids = Array.from({ length: layers }, (_, i) => `dense${i}`);
  const chain = (id: string, node: object, before: string) => [
    id,
    { ...node, inputs: { input: { node: before, port: 'output' } } },
  ];
  const nodes = [
    ['features', { op: 'featureInput', parameters: { size: width }, inputs: {} }],
    ...ids.map((id, i) => chain(id, { op: 'dense', parameters: { units: width } }, ids[i - 1] ?? 'features')),
    chain('output', { op: 'regressionOutput' }, ids.at(-1) ?? 'features'),
  ];
  let end = 0;
  const places = ids.flatMap((id) =>
    [
      ['kernel', [width, width]],
      ['bias', [width]],
    ].map(([weight, shape]) => {
      const begin = end;
      end += (shape as number[]).reduce((product, size) => product * size, 4);
      return [`${id}.${weight as string}`, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
    }),
  );
  const header = JSON.stringify(Object.fromEntries(places));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const handle = await open(path.join(folder, `${name}.safetensors`), 'w');
  await handle.write(Buffer.concat([length, Buffer.from(header)]));
  await handle.truncate(8 + header.length + end);
  await handle.close();
  const file = path.join(folder, `${name}.json`);
  const document = { format: 'skipwire/document@1', name, weights: `${name}.safetensors` };
  await writeFile(file, JSON.stringify({ ...document, graph: { nodes: Object.fromEntries(nodes) as object } }));
  return file;
}

/**
 * Exports as a user does, and returns the most memory that the process which writes ever had. No engine is started: it and onnxruntime
 * hold weights in processes of their own.
 */
async function peakOfExport(document: string, target: readonly string[]): Promise<number> {
  const report = `data:text/javascript,process.on("exit",()=>console.error("peak",process.resourceUsage().maxRSS))`;
  const program = path.join(productRoot, 'dist', 'main', 'cli.js');
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', report, program, 'export', document, ...target],
    { cwd: folder, env: { ...process.env, SKIPWIRE_ENGINE: 'none' } },
  );
  const [, kilobytes] = /peak (\d+)/.exec(stderr) ?? [];
  return Number(kilobytes) * 1024;
}

// Only Linux says it in the same unit, and is asked in CI.
test.skipIf(process.platform !== 'linux')(
  'weights of 315 MB go through an export with one tensor of 105 MB in memory at a time',
  { timeout: 300_000 },
  async () => {
    const [large, small] = [await writeNetwork('large', LAYERS, WIDTH), await writeNetwork('small', LAYERS, 8)];
    for (const flag of ['--onnx', '--safetensors']) {
      const before = await peakOfExport(small, [flag, path.join(folder, `small${flag}`)]);
      const peak = await peakOfExport(large, [flag, path.join(folder, `large${flag}`)]);
      expect((peak - before) / TENSOR).toBeLessThan(1.2);
      const written = await stat(path.join(folder, flag === '--onnx' ? 'large--onnx.data' : 'large--safetensors'));
      expect(written.size).toBeGreaterThanOrEqual(LAYERS * TENSOR);
    }
  },
);
