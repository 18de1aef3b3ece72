import { existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureFrontEnd, measureLargeSteps } from './largeNetworks.mjs';
import { measureLoop } from './loop.mjs';
import { measureOnnxWrite, printOnnxWrite } from './onnxWrite.mjs';
import { measureNetworks } from './networks.mjs';
import { measureSimd } from './simd.mjs';
import { measurePasses } from './passes.mjs';
import { measureStatistics } from './statistics.mjs';
import { measureWasm } from './wasm.mjs';
import { measureWebgpu } from './webgpu.mjs';
import { buildPeers, built, findTorch, median, root, startOurs, startPeer, threads } from './peers.mjs';

/** @typedef {import('./peers.mjs').PeerHandle} PeerHandle */

const usage = `npm run bench -- [options]
  --quick          few rounds, a short memory test, no torch.compile
  --batch N        only this batch size (default 32 and 128)
  --networks       only the step times of large networks
  --statistics     only what looking at every node costs
  --loop           only what the training loop costs, evaluation, checkpoints, and 50 000 tiny steps
  --onnx-write     only how fast an ONNX model above 2 GB is written, and in how much memory
  --passes         only what each pass of the compiler does to a step and to its memory
  --wasm           only training on WebAssembly, beside PyTorch on one thread
  --webgpu         only training on the graphics processor, beside TensorFlow on the processor
  --simd           only the functions of our WebAssembly module, beside PyTorch on one thread
  --large          only the deepest networks: front end, compile time and memory
  --json FILE      writes what is printed as JSON as well`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    batch: { type: 'string' },
    networks: { type: 'boolean', default: false },
    statistics: { type: 'boolean', default: false },
    loop: { type: 'boolean', default: false },
    'onnx-write': { type: 'boolean', default: false },
    passes: { type: 'boolean', default: false },
    wasm: { type: 'boolean', default: false },
    webgpu: { type: 'boolean', default: false },
    simd: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const batches = options.batch === undefined ? [32, 128] : [Number(options.batch)];
const rounds = options.quick ? 4 : 12;
const memorySteps = options.quick ? 200 : 2000;

/** The aims, as ratios of our step to theirs, milliseconds, and bytes. */
const aims = { torchDefault: 0.75, torchBest: 1, tfLayers: 0.4, firstStepMs: 1500, growthBytes: 20e6 };

/** The peers that can be had, and a line for each that cannot. */
async function startPeers() {
  /** @type {PeerHandle[]} */
  const peers = [await startOurs()];
  peers.push(await startPeer('tfLayers', 'tf.layers', process.execPath, [path.join(built, 'tfLayersPeer.js')]));
  const torch = findTorch();
  if (torch === undefined) {
    console.log('PyTorch is left out: no python3 (or $SKIPWIRE_PYTHON) can import torch.');
    return { peers, torch };
  }
  /** @type {[mode: string, label: string][]} */
  const modes = [
    ['nchw', 'PyTorch NCHW'],
    ['channels_last', 'PyTorch channels_last'],
  ];
  if (!options.quick) modes.push(['compiled', 'PyTorch compiled']);
  for (const [mode, label] of modes) {
    const script = path.join(root, 'bench/torchPeer.py');
    peers.push(await startPeer(`torch:${mode}`, label, torch.python, [script, mode, String(threads)]));
  }
  return { peers, torch };
}

/**
 * Steps of everybody in turn, so that what else the machine does falls on all alike.
 * @param {PeerHandle[]} peers
 * @param {number} batch
 */
async function measureBatch(peers, batch) {
  /** @type {Map<string, { label: string, times: number[], ratios: number[] }>} */
  const results = new Map();
  const present = [];
  let macs = 0;
  for (const peer of peers) {
    try {
      const prepared = await peer.ask(`prepare ${JSON.stringify({ network: 'resnet-20', batch })}`);
      if (peer.name === 'skipwire') macs = prepared.macs;
      results.set(peer.name, { label: peer.label, times: [], ratios: [] });
      present.push(peer);
    } catch (error) {
      console.log(`${peer.label} is left out: ${error instanceof Error ? error.message : error}`);
    }
  }
  for (const peer of present) await peer.ask('steps 2');
  const perRound = batch > 64 ? 2 : 5;
  const gigaflops = [];
  for (let round = 0; round < rounds; round++) {
    let ours = 0;
    for (const peer of present) {
      if (peer.name === 'skipwire') gigaflops.push((await peer.ask('sgemm')).gigaflops);
      // One step to warm the caches that the others have cooled.
      const { times } = await peer.ask(`steps ${perRound + 1}`);
      const kept = times.slice(1);
      const result = results.get(peer.name);
      if (result === undefined) continue;
      result.times.push(...kept);
      if (peer.name === 'skipwire') ours = median(kept);
      result.ratios.push(ours / median(kept));
    }
  }
  const peak = Math.max(...gigaflops);
  const stepMs = median(results.get('skipwire')?.times ?? []);
  return {
    batch,
    macs,
    sgemmGigaflops: peak,
    peakFraction: (2 * 3 * macs) / (stepMs / 1000) / (peak * 1e9),
    peers: [...results].map(([name, { label, times, ratios }]) => ({
      name,
      label,
      medianMs: median(times),
      fastestMs: Math.min(...times),
      ratio: median(ratios),
    })),
  };
}

/** From the start of a fresh engine process to the first finished step, as after pressing Train. */
async function measureFirstStep() {
  const runs = [];
  for (let i = 0; i < 3; i++) {
    const peer = await startOurs();
    const ready = performance.now();
    const { loadMs, compileMs, firstStepMs } = await peer.ask('prepare {"network":"resnet-20","batch":32}');
    const totalMs = performance.now() - peer.spawnedAt;
    runs.push({ processMs: ready - peer.spawnedAt, loadMs, compileMs, firstStepMs, totalMs });
    await peer.end();
  }
  const middle = runs.sort((a, b) => a.totalMs - b.totalMs)[1];
  if (middle === undefined) throw new Error('Three runs have a middle one');
  return middle;
}

async function measureMemory() {
  const peer = await startOurs();
  await peer.ask('prepare {"network":"resnet-20","batch":32}');
  await peer.ask('steps 50');
  const { rss: before } = await peer.ask('memory');
  let highest = before;
  for (let done = 0; done < memorySteps; done += 100) {
    await peer.ask('steps 100');
    highest = Math.max(highest, (await peer.ask('memory')).rss);
  }
  const { rss: after } = await peer.ask('memory');
  await peer.end();
  return { steps: memorySteps, before, after, highest, growth: after - before };
}

/**
 * @param {string} what
 * @param {number} value
 * @param {number} aim
 * @param {(value: number) => string} format
 */
function verdict(what, value, aim, format) {
  const met = value <= aim;
  console.log(`  ${met ? 'met   ' : 'MISSED'} ${what}: ${format(value)} (aim ${format(aim)})`);
  return { what, value, aim, met };
}

const inMs = (/** @type {number} */ value) => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
const inMb = (/** @type {number} */ value) => `${(value / 1e6).toFixed(1)} MB`;
const asRatio = (/** @type {number} */ value) => `${value.toFixed(2)}x`;

async function main() {
  if (options.help) return console.log(usage);
  await buildPeers();
  if (!existsSync(path.join(built, 'skipwirePeer.js'))) throw new Error('The bench was not built');
  const [load] = os.loadavg();
  console.log(
    `ResNet-20, 32x32x3, SGD with momentum, ${threads} threads, ${os.cpus()[0]?.model}, load ${load?.toFixed(1)}`,
  );
  if ((load ?? 0) > 1) console.log('Something else is running: times are too long, ratios are less affected.');
  if (options.networks) {
    await measureNetworks({ rounds: options.quick ? 2 : 4, compiled: !options.quick });
    return;
  }
  if (options.loop) {
    await measureLoop(options.quick ? { steps: 40, tinySteps: 5_000 } : { steps: 200, tinySteps: 50_000 });
    return;
  }
  if (options['onnx-write']) {
    printOnnxWrite(await measureOnnxWrite({ gigabytes: options.quick ? 0.6 : 2.4 }));
    return;
  }
  if (options.statistics) {
    await measureStatistics({ rounds: options.quick ? 10 : 30 });
    return;
  }
  if (options.passes) {
    await measurePasses({ rounds: options.quick ? 3 : 10 });
    return;
  }
  if (options.wasm) {
    await measureWasm({ rounds: options.quick ? 3 : 10 });
    return;
  }
  if (options.webgpu) {
    await measureWebgpu({ rounds: options.quick ? 2 : 5 });
    return;
  }
  if (options.simd) {
    measureSimd();
    return;
  }
  if (options.large) {
    measureFrontEnd();
    await measureLargeSteps();
    return;
  }
  const verdicts = [];

  const first = await measureFirstStep();
  console.log(
    `\nTrain to first step, fresh process: ${inMs(first.totalMs)} (process and libraries ${inMs(first.processMs)}, ` +
      `compile and self-check ${inMs(first.compileMs)}, step ${inMs(first.firstStepMs)})`,
  );
  verdicts.push(verdict('first step', first.totalMs, aims.firstStepMs, inMs));

  const { peers, torch } = await startPeers();
  const steps = [];
  for (const batch of batches) {
    const result = await measureBatch(peers, batch);
    steps.push(result);
    console.log(
      `\nBatch ${batch}`.padEnd(26),
      'median'.padStart(10),
      'fastest'.padStart(10),
      'ours / theirs'.padStart(14),
    );
    for (const peer of result.peers) {
      const columns = [inMs(peer.medianMs), inMs(peer.fastestMs)].map((text) => text.padStart(10));
      console.log(peer.label.padEnd(25), ...columns, asRatio(peer.ratio).padStart(14));
    }
    console.log(
      `  ${(result.peakFraction * 100).toFixed(0)} % of this machine's sgemm (${result.sgemmGigaflops.toFixed(0)} GFLOP/s), ` +
        `${((2 * 3 * result.macs) / 1e9).toFixed(2)} GFLOP a step`,
    );
    const ratioOf = (/** @type {string} */ name) => result.peers.find((peer) => peer.name === name)?.ratio;
    const torchRatios = result.peers.filter(({ name }) => name.startsWith('torch:')).map(({ ratio }) => ratio);
    const standard = ratioOf('torch:nchw');
    if (standard !== undefined) verdicts.push(verdict('PyTorch as it comes', standard, aims.torchDefault, asRatio));
    if (torchRatios.length > 0) {
      verdicts.push(verdict("PyTorch's best mode", Math.max(...torchRatios), aims.torchBest, asRatio));
    }
    const layers = ratioOf('tfLayers');
    if (layers !== undefined) verdicts.push(verdict('tf.layers', layers, aims.tfLayers, asRatio));
  }
  for (const peer of peers) await peer.end();

  const memory = await measureMemory();
  console.log(
    `\nMemory over ${memory.steps} steps: ${inMb(memory.before)} to ${inMb(memory.after)}, at most ${inMb(memory.highest)}`,
  );
  verdicts.push(verdict('growth', memory.growth, aims.growthBytes, inMb));

  const frontEnd = measureFrontEnd();
  const large = options.quick ? [] : await measureLargeSteps();
  const networks = options.quick ? [] : await measureNetworks({ rounds: 4, compiled: true });
  const wasm = await measureWasm({ rounds: options.quick ? 3 : 10 });

  if (options.json !== undefined) {
    const machine = { processor: os.cpus()[0]?.model, threads, node: process.version, load };
    const report = {
      machine,
      torch: torch?.version ?? null,
      first,
      steps,
      memory,
      frontEnd,
      large,
      networks,
      wasm,
      verdicts,
    };
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
}

await main();
