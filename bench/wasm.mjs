import path from 'node:path';
import { built, findTorch, median, root, startPeer } from './peers.mjs';

/** Our step may take this many times that of PyTorch on one thread. */
const aim = 4;

/** Everybody on one thread, as WebAssembly is. */
const environment = {
  ...process.env,
  OMP_NUM_THREADS: '1',
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '3',
};

/**
 * A training step of ResNet-20 on WebAssembly beside one of PyTorch on one thread, in turn. The ratio is one of processor time, which
 * is the same as that of the clock on a quiet machine and is not moved by others on a busy one.
 * @param {{ rounds: number, networks?: readonly { network: string, batch: number }[] }} options
 */
export async function measureWasm({ rounds, networks = [{ network: 'resnet-20', batch: 32 }] }) {
  const ours = await startPeer('wasm', 'WebAssembly', process.execPath, [path.join(built, 'wasmPeer.js')], environment);
  const torch = findTorch();
  const script = path.join(root, 'bench/torchPeer.py');
  const theirs =
    torch && (await startPeer('torch', 'PyTorch', torch.python, [script, 'channels_last', '1'], environment));
  if (theirs === undefined) console.log('PyTorch is left out: no python3 (or $SKIPWIRE_PYTHON) can import torch.');
  const results = [];
  for (const { network, batch } of networks) {
    const peers = theirs === undefined ? [ours] : [ours, theirs];
    /** @type {number[][]} */
    const wall = peers.map(() => []);
    /** @type {number[][]} */
    const processor = peers.map(() => []);
    for (const peer of peers) await peer.ask(`prepare ${JSON.stringify({ network, batch })}`);
    for (const peer of peers) await peer.ask('steps 2');
    for (let round = 0; round < rounds; round++) {
      for (const [i, peer] of peers.entries()) {
        const { times, cpu } = await peer.ask('steps 3');
        wall[i]?.push(...times);
        processor[i]?.push(cpu / 3);
      }
    }
    const [mine = Number.NaN, reference = Number.NaN] = processor.map(median);
    const ratio = mine / reference;
    results.push({ network, batch, stepMs: median(wall[0] ?? []), processorMs: mine, torchMs: reference, ratio });
    console.log(
      `${network}, batch ${batch}: WebAssembly ${mine.toFixed(0)} ms of processor time a step` +
        (theirs === undefined
          ? ''
          : `, PyTorch on one thread ${reference.toFixed(0)} ms: ${ratio.toFixed(2)}x (${ratio <= aim ? 'met' : 'MISSED'}, aim ${aim}x)`),
    );
  }
  await ours.end();
  await theirs?.end();
  return results;
}
