import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { root, setUpEngine, SetUpError, setUpProject } from './setUp.mjs';

const usage = `npm run verify -- [options] [network ...]
Takes three native training steps with every network in templates/networks, or with those named, on one repeated batch.
The input is reduced where it is large. The loss must be finite, and lower after the steps than before.
  --batch N    examples in the batch (default 4)
  --memory N   gigabytes that a network may need (default 8)`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string', default: '4' },
    memory: { type: 'string', default: '8' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}
const limit = Number(options.memory) * 1e9;

/**
 * @typedef {{ name: string, input: string, batch: number, stepMs: number, losses: number[], optimizer?: string, memory: number, problem?: string }} Report
 */

/** @returns {readonly string[]} */
function networks() {
  const natural = new Intl.Collator('en', { numeric: true });
  return readdirSync(path.join(root, 'templates', 'networks'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort((a, b) => natural.compare(a, b));
}

/**
 * Verifies one network in a process of its own, which is ended when it needs too much memory.
 * @param {string} name
 * @returns {Promise<Report>}
 */
function verify(name) {
  /** @type {Report} */
  const empty = { name, input: '?', batch: Number(options.batch), stepMs: Number.NaN, losses: [], memory: 0 };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'scripts/verifyNetwork.mjs'), name, options.batch], {
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {Report | undefined} */
    let report;
    let errors = '';
    let memory = 0;
    const watch = setInterval(() => {
      memory = Math.max(memory, memoryOf(child.pid));
      if (memory > limit) child.kill('SIGKILL');
    }, 200);
    child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-4000)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) report = JSON.parse(line);
    });
    child.once('close', (code, signal) => {
      clearInterval(watch);
      if (memory > limit) resolve({ ...empty, memory, problem: `it needs more than ${options.memory} GB` });
      else if (report === undefined) {
        const words = errors.split('\n').find((line) => /error/i.test(line)) ?? `it ended with ${signal ?? code}`;
        resolve({ ...empty, memory, problem: words.trim() });
      } else resolve(report);
    });
  });
}

/**
 * Bytes that a process holds; 0 where the system does not tell.
 * @param {number | undefined} pid
 */
function memoryOf(pid) {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
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
console.log(row(['network', 'input', 'batch', 'step', 'memory', 'loss before each step and after the third']));
let failed = 0;
for (const name of names) {
  const { input, batch, stepMs, memory, losses, optimizer, problem } = await verify(name);
  const step = Number.isFinite(stepMs) ? `${stepMs.toFixed(0)} ms` : '-';
  const learned =
    losses.length === 0 ? 'no loss; predicts' : `${losses.map((loss) => loss.toFixed(4)).join(' ')} by ${optimizer}`;
  const outcome = problem === undefined ? learned : `FAILED: ${problem}${losses.length > 0 ? ` (${learned})` : ''}`;
  console.log(row([name, input, String(batch), step, `${(memory / 1e9).toFixed(1)} GB`, outcome]));
  if (problem !== undefined) failed += 1;
}
console.log(`${names.length - failed} verified, ${failed} failed`);
process.exitCode = failed > 0 || names.length === 0 ? 1 : 0;
