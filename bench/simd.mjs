import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findTorch, root } from './peers.mjs';

/** @typedef {Record<string, (...values: number[]) => number>} Functions */

/** What all convolutions of a step of ResNet-20, forward and both gradients, may take, in milliseconds. */
const aim = 300;
const BATCH = 32;

/**
 * The convolutions of ResNet-20 on images of 32 by 32, and how often each is there.
 * @type {{ size: number, channels: number, filters: number, kernel: number, stride: number, times: number }[]}
 */
const layers = [
  { size: 32, channels: 3, filters: 16, kernel: 3, stride: 1, times: 1 },
  { size: 32, channels: 16, filters: 16, kernel: 3, stride: 1, times: 6 },
  { size: 32, channels: 16, filters: 32, kernel: 3, stride: 2, times: 1 },
  { size: 32, channels: 16, filters: 32, kernel: 1, stride: 2, times: 1 },
  { size: 16, channels: 32, filters: 32, kernel: 3, stride: 1, times: 5 },
  { size: 16, channels: 32, filters: 64, kernel: 3, stride: 2, times: 1 },
  { size: 16, channels: 32, filters: 64, kernel: 1, stride: 2, times: 1 },
  { size: 8, channels: 64, filters: 64, kernel: 3, stride: 1, times: 5 },
];

const products = [
  { m: 512, n: 512, k: 512 },
  { m: 1024, n: 1024, k: 1024 },
  { m: 2048, n: 256, k: 256 },
  { m: 128, n: 128, k: 64 },
];

/** Where the operands lie in the memory. */
const MEGABYTE = 1 << 20;
const X = 0;
const KERNEL = 16 * MEGABYTE;
const Y = 32 * MEGABYTE;
const RESULT = 64 * MEGABYTE;
const SCRATCH = 96 * MEGABYTE;

/**
 * Processor time, which does not grow when others use the machine: the least of five rounds of at least 20 ms each.
 * @param {() => void} run
 */
function milliseconds(run) {
  const now = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  run();
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const started = now();
    let count = 0;
    do {
      run();
      count += 1;
    } while (now() - started < 20);
    best = Math.min(best, (now() - started) / count);
  }
  return best;
}

/**
 * @param {'plain' | 'fused'} kind
 * @returns {Functions | undefined} undefined where the engine of JavaScript does not know the instructions
 */
function load(kind) {
  const bytes = readFileSync(path.join(root, 'dist', 'simd', `${kind}.wasm`));
  if (!WebAssembly.validate(bytes)) return undefined;
  const memory = new WebAssembly.Memory({ initial: 192 * 16 });
  const numbers = new Float32Array(memory.buffer);
  for (let i = 0; i < numbers.length; i++) numbers[i] = ((i * 7919) % 1000) / 1000 - 0.5;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return /** @type {Functions} */ (/** @type {unknown} */ (exports));
}

/** @param {object[]} cases */
function torchTimes(cases) {
  const torch = findTorch();
  if (torch === undefined) return undefined;
  const lines = execFileSync(torch.python, [path.join(root, 'bench/torchLayers.py'), JSON.stringify(cases)], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  return lines
    .trim()
    .split('\n')
    .map((line) => /** @type {number} */ (JSON.parse(line).ms));
}

/**
 * Forward and both gradients; the first layer of a network needs none for its input.
 * @param {Functions} simd
 * @param {(typeof layers)[number]} layer
 */
function convolutionTimes(simd, { size, channels, filters, kernel, stride }) {
  const output = size / stride;
  const before = Math.max(0, Math.floor(((output - 1) * stride + kernel - size) / 2));
  const image = [BATCH, size, size, channels, kernel, kernel, filters, 1];
  simd['convolution']?.(...image, stride, stride, 1, 1, before, before, output, output);
  const forward = milliseconds(() => simd['conv2d']?.(X, KERNEL, Y, SCRATCH));
  const filter = milliseconds(() => simd['conv2dBackpropFilter']?.(X, Y, RESULT, SCRATCH));
  const input = channels === 3 ? 0 : milliseconds(() => simd['conv2dBackpropInput']?.(KERNEL, Y, RESULT, SCRATCH));
  const operations = 2 * BATCH * output * output * filters * kernel * kernel * channels;
  return { forward, input, filter, operations };
}

/** How fast the functions under the WebAssembly executor are, beside one thread of PyTorch where there is one. */
export function measureSimd() {
  console.log('\nThe WebAssembly module on one thread: processor time, least of five');
  const cases = [
    ...products,
    ...layers.map((layer) => ({ ...layer, batch: BATCH, inputGradient: layer.channels !== 3 })),
  ];
  const torch = torchTimes(cases);
  if (torch === undefined) console.log('PyTorch is left out: no python3 (or $SKIPWIRE_PYTHON) can import torch.');
  for (const kind of /** @type {const} */ (['plain', 'fused'])) {
    const simd = load(kind);
    if (simd === undefined) {
      console.log(`  ${kind}: this engine of JavaScript has no relaxed SIMD`);
      continue;
    }
    const rate = (/** @type {number} */ operations, /** @type {number} */ ms) => (operations / ms / 1e6).toFixed(1);
    const beside = (/** @type {number} */ i) =>
      torch === undefined ? '' : `, PyTorch ${(torch[i] ?? Number.NaN).toFixed(2)} ms`;
    products.forEach(({ m, n, k }, i) => {
      const times = [
        [0, 0],
        [0, 1],
        [1, 0],
      ].map(([a = 0, b = 0]) => milliseconds(() => simd['matMul']?.(a, b, m, n, k, X, KERNEL, Y, 1, 0, 0, 0, SCRATCH)));
      const rates = times.map((ms) => rate(2 * m * n * k, ms)).join(' / ');
      console.log(`  ${kind} ${m}x${k} by ${k}x${n}: NN / NT / TN ${rates} GFLOP/s${beside(i)}`);
    });
    let total = 0;
    let theirs = 0;
    layers.forEach((layer, i) => {
      const { forward, input, filter, operations } = convolutionTimes(simd, layer);
      const place = products.length + i;
      total += (forward + input + filter) * layer.times;
      theirs += (torch?.[place] ?? 0) * layer.times;
      const { size, channels, filters, kernel, stride } = layer;
      const parts = [forward, input, filter].map((ms) => (ms === 0 ? '-' : rate(operations, ms))).join(' / ');
      console.log(
        `  ${kind} ${size}x${size}x${channels} to ${filters}, ${kernel}x${kernel}, stride ${stride}:` +
          ` forward / input / filter ${parts} GFLOP/s, ${(forward + input + filter).toFixed(2)} ms${beside(place)}`,
      );
    });
    console.log(
      `  ${kind} all convolutions of a step of ResNet-20 ${BATCH}: ${total.toFixed(0)} ms` +
        `${torch === undefined ? '' : `, PyTorch ${theirs.toFixed(0)} ms, ${(total / theirs).toFixed(2)}x`}` +
        ` (aim < ${aim} ms${total < aim ? '' : ', MISSED'})`,
    );
  }
}
