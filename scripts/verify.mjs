import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runWatched } from './runWatched.mjs';
import { root, setUpEngine, SetUpError, setUpProject } from './setUp.mjs';
import { onnxTable } from './verifyOnnxTable.mjs';

const usage = `npm run verify -- [options] [network ...]
Takes three native training steps with every network in templates/networks, or with those named, on one repeated batch.
The input is reduced where it is large. The loss must be finite, and lower after the steps than before.
  --onnx       exports every network as it is in float32 and float16 instead, has each file run by onnxruntime, and prints
               how far its answers are from the engine's own
  --import     exports every network and imports the file again: the graph and every weight must be the same, and the
               engine must answer the same for both
  --out FILE   with --onnx: puts the table into this file, between its marks
  --results FILE  with --onnx: appends what came of each network to this file, and goes on where the file ends
  --batch N    examples in the batch of a training step (default 4)
  --memory N   gigabytes that a network may need (default 8, and 12 with --onnx or --import)`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    onnx: { type: 'boolean', default: false },
    import: { type: 'boolean', default: false },
    out: { type: 'string' },
    results: { type: 'string' },
    batch: { type: 'string', default: '4' },
    memory: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}
const limit = Number(options.memory ?? (options.onnx || options.import ? 12 : 8)) * 1e9;
const program = path.join(root, 'scripts/verifyNetwork.mjs');

/** @returns {readonly string[]} */
function networks() {
  const natural = new Intl.Collator('en', { numeric: true });
  return readdirSync(path.join(root, 'templates', 'networks'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort((a, b) => natural.compare(a, b));
}

/**
 * Trains every network for three steps.
 * @param {readonly string[]} names
 * @returns {Promise<number>} how many failed
 */
async function train(names) {
  console.log(row(['network', 'input', 'batch', 'step', 'memory', 'loss before each step and after the third']));
  let failed = 0;
  for (const name of names) {
    const watched = await runWatched([program, 'train', name, options.batch], limit);
    /** @type {{ input: string, stepMs: number, losses: number[], optimizer?: string, memory: number, problem?: string }} */
    const { input, stepMs, losses, optimizer, memory, problem } = watched.report ?? {
      ...{ input: '?', stepMs: Number.NaN, losses: [] },
      ...watched,
    };
    const step = Number.isFinite(stepMs) ? `${stepMs.toFixed(0)} ms` : '-';
    const learned =
      losses.length === 0 ? 'no loss; predicts' : `${losses.map((loss) => loss.toFixed(4)).join(' ')} by ${optimizer}`;
    const outcome = problem === undefined ? learned : `FAILED: ${problem}${losses.length > 0 ? ` (${learned})` : ''}`;
    console.log(row([name, input, options.batch, step, `${(memory / 1e9).toFixed(1)} GB`, outcome]));
    if (problem !== undefined) failed += 1;
  }
  return failed;
}

/**
 * Exports and imports every network.
 * @param {readonly string[]} names
 * @returns {Promise<number>} how many failed
 */
async function importAgain(names) {
  console.log(row(['network', 'input', 'nodes', 'weights', 'memory', 'export and import, answers off by']));
  let failed = 0;
  for (const name of names) {
    const { memory, report, problem: reason } = await runWatched([program, 'import', name], limit);
    /** @type {import('../tests/support/verifyOnnxImport.ts').ImportedAgain | undefined} */
    const found = report;
    const problem = reason ?? found?.problem ?? (found && found.difference <= 1e-6 ? undefined : 'answers otherwise');
    const outcome = `${found?.seconds.toFixed(1)} s, ${found?.difference.toExponential(1)}`;
    const told = problem === undefined ? outcome : `FAILED: ${problem}${found === undefined ? '' : ` (${outcome})`}`;
    const cells = [found?.input ?? '?', found?.nodes ?? '?', found?.weights ?? '?', `${(memory / 1e9).toFixed(1)} GB`];
    console.log(row([name, ...cells.map(String), told]));
    if (problem !== undefined) failed += 1;
  }
  return failed;
}

/** @param {readonly string[]} cells */
function row(cells) {
  const widths = [28, 12, 6, 11, 9];
  return cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('');
}

try {
  await setUpProject(console.error);
  await setUpEngine();
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exit(1);
}
const names = positionals.length > 0 ? positionals : networks();
const verify = (/** @type {string} */ name) => runWatched([program, 'onnx', name], limit);
const failed = options.onnx
  ? await onnxTable(names, verify, options)
  : await (options.import ? importAgain(names) : train(names));
console.log(`${names.length - failed} verified, ${failed} failed`);
process.exitCode = failed > 0 || names.length === 0 ? 1 : 0;
