import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { built, root } from './peers.mjs';

const MEGABYTE = 1e6;

/**
 * What writing an ONNX model of more than two gigabytes costs: its speed, that of a raw write of as many bytes right after it, the
 * memory beside the weights, and the time that the onnx package takes to save the same model where Python has it.
 * @param {{ gigabytes: number, folder?: string }} options
 */
export async function measureOnnxWrite({ gigabytes, folder = os.tmpdir() }) {
  const place = mkdtempSync(path.join(folder, 'skipwire-onnx-write-'));
  try {
    const ours = await runWriter(place, gigabytes);
    const disk = await rawWrite(path.join(place, 'raw'), ours.bytes);
    const python = saveByPython(path.join(place, 'model.onnx'), path.join(place, 'copy.onnx'));
    const megabytes = ours.bytes / MEGABYTE;
    return {
      bytes: ours.bytes,
      megabytesPerSecond: megabytes / ours.seconds,
      diskMegabytesPerSecond: megabytes / disk,
      shareOfDisk: disk / ours.seconds,
      peakBesideWeights: ours.peakBesideWeights,
      largestTensor: ours.largestTensor,
      peakRatio: ours.peakBesideWeights / ours.largestTensor,
      ...(python !== undefined && { pythonSeconds: python, ratioToPython: python / ours.seconds }),
    };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/**
 * @param {string} place
 * @param {number} gigabytes
 * @returns {Promise<{ bytes: number, seconds: number, peakBesideWeights: number, largestTensor: number }>}
 */
function runWriter(place, gigabytes) {
  return new Promise((resolve, reject) => {
    const program = path.join(built, 'onnxWriter.js');
    const child = spawn(process.execPath, [program, place, String(gigabytes)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`The writer ended with ${code}.`)),
    );
  });
}

/**
 * Seconds for so many bytes written and flushed from one buffer.
 * @param {string} file
 * @param {number} bytes
 */
async function rawWrite(file, bytes) {
  const buffer = Buffer.alloc(8 * 1024 * 1024, 1);
  const handle = await open(file, 'w');
  const started = performance.now();
  for (let left = bytes; left > 0; left -= buffer.length) await handle.write(buffer, 0, Math.min(left, buffer.length));
  await handle.sync();
  const seconds = (performance.now() - started) / 1000;
  await handle.close();
  rmSync(file);
  return seconds;
}

/**
 * Seconds that the onnx package takes to save the model, loading not counted; `undefined` without it.
 * @param {string} model
 * @param {string} copy
 */
function saveByPython(model, copy) {
  const script = [
    'import os, sys, time, onnx',
    'model = onnx.load(sys.argv[1])',
    'began = time.perf_counter()',
    'onnx.save(model, sys.argv[2], save_as_external_data=True, location="copy.data")',
    'os.sync()',
    'print(time.perf_counter() - began)',
  ].join('\n');
  for (const python of [process.env['SKIPWIRE_PYTHON'], 'python3']) {
    if (python === undefined) continue;
    const answer = spawnSync(python, ['-c', script, model, copy], { encoding: 'utf8', cwd: root });
    if (answer.status === 0) return Number(answer.stdout.trim());
  }
  return undefined;
}

/** @param {Awaited<ReturnType<typeof measureOnnxWrite>>} figures */
export function printOnnxWrite(figures) {
  const { bytes, megabytesPerSecond, diskMegabytesPerSecond, shareOfDisk, peakBesideWeights, peakRatio } = figures;
  console.log(`ONNX with ${(bytes / 1e9).toFixed(2)} GB of weights beside it, flushed to the disk:`);
  console.log(`  ours          ${megabytesPerSecond.toFixed(0)} MB/s`);
  console.log(
    `  raw write     ${diskMegabytesPerSecond.toFixed(0)} MB/s in the same run: ours is ${(shareOfDisk * 100).toFixed(0)} % of it`,
  );
  if (figures.pythonSeconds === undefined)
    console.log('  onnx.save     left out: no Python (or $SKIPWIRE_PYTHON) has the onnx package');
  else
    console.log(
      `  onnx.save     ${figures.pythonSeconds.toFixed(1)} s: it takes ${(figures.ratioToPython ?? 0).toFixed(2)} times as long as ours`,
    );
  console.log(
    `  peak memory   ${(peakBesideWeights / MEGABYTE).toFixed(0)} MB beside the weights, ${peakRatio.toFixed(2)} of the largest tensor`,
  );
}
