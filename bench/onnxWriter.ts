import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SkipwireDocument } from '../src/graph-engine/document/schema.ts';
import { inferDocument } from '../src/graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../src/graph-engine/lower/lowerDocument.ts';
import { exportOnnx } from '../src/graph-engine/targets/onnx/exportOnnx.ts';
import { writeAtomically } from '../src/main/files/writeAtomically.ts';

// Writes a model of dense layers and 3×3 convolutions and says what it took. A process of its own, so that its peak is its own.
const [, , folder = '.', gigabytes = '2.2'] = process.argv;
const width = 8192;
const dense = Math.max(1, Math.round((Number(gigabytes) * 1e9 - 0.15e9) / (width * width * 4)));
const ids = Array.from({ length: dense }, (_, i) => `dense${i}`);
const chain = (id: string, node: object, before: string) => [
  id,
  { ...node, inputs: { input: { node: before, port: 'output' } } },
];
const document = SkipwireDocument.parse({
  format: 'skipwire/document@1',
  name: 'Large',
  graph: {
    nodes: Object.fromEntries([
      ['image', { op: 'input', parameters: { height: 3, width: 3, channels: 2048 }, inputs: {} }],
      chain('conv', { op: 'conv2d', parameters: { filters: 2048 } }, 'image'),
      chain('pool', { op: 'globalAveragePooling' }, 'conv'),
      chain('wide', { op: 'dense', parameters: { units: width } }, 'pool'),
      ...ids.map((id, i) => chain(id, { op: 'dense', parameters: { units: width } }, ids[i - 1] ?? 'wide')),
      chain('output', { op: 'regressionOutput' }, ids.at(-1) ?? 'wide'),
    ]) as unknown,
  },
});
const lowered = lowerDocument(document);
if (!lowered.ok) throw new Error(JSON.stringify(lowered.error));
const sizes = lowered.value.program.variables
  .filter(({ role }) => role !== 'slot')
  .map(({ name, dims }) => [name, dims.reduce((a, b) => a * b, 1)] as const);
const weights = new Map(sizes.map(([name, size]) => [name, new Float32Array(size).fill(0.5)]));
const model = exportOnnx({
  document,
  inferred: inferDocument(document),
  weights: (name) => weights.get(name) ?? new Float32Array(),
  producerVersion: '0',
  external: { location: 'model.onnx.data' },
});
if (model.external === null) throw new Error('The weights are not beside the model');
const before = memory('VmRSS');
resetPeak();
const started = performance.now();
await writeAtomically(path.join(folder, model.external.location), model.external.chunks());
await writeAtomically(path.join(folder, 'model.onnx'), model.model());
const seconds = (performance.now() - started) / 1000;
console.log(
  JSON.stringify({
    bytes: model.modelBytes + model.external.bytes,
    seconds,
    peakBesideWeights: memory('VmHWM') - before,
    largestTensor: Math.max(...sizes.map(([, size]) => size * 4)),
  }),
);

/** Bytes that Linux says this process has, or had at most. */
function memory(kind: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`${kind}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1] ?? NaN) * 1024;
}

/** Forgets the peak so far. */
function resetPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5');
}
