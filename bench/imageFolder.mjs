/*
 * How long training waits for its data: an image folder of 10 000 PNG files, ResNet-20, flips and crops, batch 32 and 128.
 *
 *   node bench/imageFolder.mjs [--files 10000] [--epochs 1]
 *
 * Prints what reading the folder takes the first and the second time, and the share of the time of training during which a
 * step waited for its batch. The aim is below 3 %.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { root, setUpProject } from '../scripts/setUp.mjs';

const { values } = parseArgs({
  options: { files: { type: 'string', default: '10000' }, epochs: { type: 'string', default: '1' } },
});
const files = Number(values.files);
const CLASSES = 10;
const SIDE = 32;
const AIM = 3;

await setUpProject(console.error);
const folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-bench-'));
try {
  await makeImages(path.join(folder, 'images'));
  const first = await run(['data', 'inspect', 'images', '--json']);
  const again = await run(['data', 'inspect', 'images', '--json']);
  console.log(`reading ${files} files: ${first.seconds.toFixed(1)} s; again: ${again.seconds.toFixed(1)} s`);
  const network = JSON.parse(await readFile(path.join(root, 'templates/networks/resnet-20.json'), 'utf8'));
  for (const batchSize of [32, 128]) {
    network.training = {
      ...network.training,
      data: './images',
      batchSize,
      epochs: Number(values.epochs),
      normalization: 'standardize',
      augmentation: { flip: 'horizontal', crop: { padding: 4, fill: 'black' } },
    };
    await writeFile(path.join(folder, 'network.json'), JSON.stringify(network));
    const { lines } = await run(['train', 'network.json', '--json', '--out', `runs/${batchSize}`]);
    const waited = /waited for data during ([\d.]+) %/.exec(lines.join('\n'))?.[1];
    const end = JSON.parse(lines.at(-1) ?? '{}');
    console.log(
      `batch ${batchSize}: ${Math.round(end.samplesPerSecond)} images/s, waited ${waited ?? '?'} % (aim: below ${AIM} %)`,
    );
    if (!(Number(waited) < AIM)) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @param {string} target */
async function makeImages(target) {
  for (let label = 0; label < CLASSES; label++) await mkdir(path.join(target, `class${label}`), { recursive: true });
  const pixels = Buffer.alloc(SIDE * SIDE * 3);
  for (let index = 0; index < files; index++) {
    // A gradient with the class in its slope and some noise: about as large as a photograph of this size.
    for (let at = 0; at < pixels.length; at++) pixels[at] = (at * ((index % CLASSES) + 1)) / 12 + Math.random() * 60;
    const image = sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } }).png();
    await image.toFile(path.join(target, `class${index % CLASSES}`, `${index}.png`));
  }
}

/**
 * @param {string[]} command
 * @returns {Promise<{ seconds: number, lines: string[] }>}
 */
function run(command) {
  const began = performance.now();
  const child = spawn(process.execPath, [path.join(root, 'dist/main/cli.js'), ...command], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      const lines = text.trimEnd().split('\n');
      if (code === 0) resolve({ seconds: (performance.now() - began) / 1000, lines });
      else reject(new Error(`${command.join(' ')} ended with ${code}`));
    });
  });
}
