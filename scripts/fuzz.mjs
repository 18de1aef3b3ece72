import { fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, 'node_modules', '.cache', 'skipwire', 'hostile');
/** Of this process alone: another may be at work, or may build what has been edited since. */
const program = path.join(folder, `program-${process.pid}`, 'hostileProcess.js');
/** Files that were findings, to be opened again. */
export const kept = path.join(folder, 'kept');
/**
 * Wall time after which a file hangs its process: long, for a busy machine may leave it no turn. Processor time is counted in
 * there, and much stricter.
 */
const HANG_MILLISECONDS = 300_000;

/**
 * @typedef {{ number: number, format: string, what: string }} Finding
 * @typedef {{ opened: number, refused: number, seconds: number, slowest: number }} Tally
 * @typedef {{ kind: 'opening', number: number, format: string } |
 *   { kind: 'opened', number: number, format: string, opened: boolean, seconds: number, findings: string[] }} News
 */

/**
 * Opens broken files number `from` to `count` in processes of their own, and says which crashed, hung, threw, swelled or
 * reached outside. Same seed, number and kinds, same file.
 * @param {{ seed: number, from?: number, count: number, only?: string | undefined, onProgress?: (done: number, findings: readonly Finding[]) => void }} attack
 * @returns {Promise<{ findings: Finding[], tallies: Map<string, Tally> }>}
 */
export async function openBrokenFiles({ seed, from = 0, count, only, onProgress }) {
  await buildProgram();
  /** @type {Finding[]} */
  const findings = [];
  /** @type {Map<string, Tally>} */
  const tallies = new Map();
  try {
    let next = from;
    while (next < count) {
      next = await openFrom(next, { seed, count, only, findings, tallies, onProgress });
    }
  } finally {
    await rm(path.dirname(program), { recursive: true, force: true });
  }
  return { findings, tallies };
}

/**
 * Opens files until all are, or the process ends before that.
 * @param {number} from
 * @param {{ seed: number, count: number, only: string | undefined, findings: Finding[], tallies: Map<string, Tally>,
 *   onProgress: ((done: number, findings: readonly Finding[]) => void) | undefined }} attack
 * @returns {Promise<number>} the number of the file to go on with
 */
function openFrom(from, { seed, count, only, findings, tallies, onProgress }) {
  const child = fork(program, [JSON.stringify({ seed, from, to: count, keep: kept, only })], {
    // Little room: what wants much memory fails here rather than on a user's machine.
    execArgv: ['--max-old-space-size=512'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => (errors = (errors + text).slice(-2000)));
  return new Promise((resolve) => {
    /** @type {{ number: number, format: string } | undefined} */
    let open;
    let next = from;
    let hung = false;
    /** @type {NodeJS.Timeout | undefined} */
    let watch;
    child.on('message', (message) => {
      const news = /** @type {News} */ (message);
      clearTimeout(watch);
      if (news.kind === 'opening') {
        open = news;
        watch = setTimeout(() => {
          hung = true;
          child.kill('SIGKILL');
        }, HANG_MILLISECONDS);
        return;
      }
      const { number, format, opened, seconds } = news;
      open = undefined;
      next = number + 1;
      const before = tallies.get(format) ?? { opened: 0, refused: 0, seconds: 0, slowest: 0 };
      tallies.set(format, {
        opened: before.opened + (opened ? 1 : 0),
        refused: before.refused + (opened ? 0 : 1),
        seconds: before.seconds + seconds,
        slowest: Math.max(before.slowest, seconds),
      });
      findings.push(...news.findings.map((what) => ({ number, format, what })));
      onProgress?.(next, findings);
    });
    child.once('close', (code, signal) => {
      clearTimeout(watch);
      if (next >= count) return resolve(count);
      const what = hung ? 'hung' : `ended its process (${signal ?? code}): ${errors.trim()}`;
      findings.push({ number: open?.number ?? next, format: open?.format ?? 'unknown', what });
      return resolve((open?.number ?? next) + 1);
    });
  });
}

async function buildProgram() {
  const vite = await import('vite');
  await vite.build({
    configFile: false,
    logLevel: 'warn',
    root,
    publicDir: false,
    build: {
      ssr: true,
      target: 'node20',
      outDir: path.dirname(program),
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        input: { hostileProcess: path.join(root, 'tests/hostile/hostileProcess.ts') },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  });
}

/** `npm run fuzz -- --count 100000 --seed 1`; with `--from` it goes on where it was interrupted. */
async function main() {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      // A kind of files alone, by its name.
      only: { type: 'string' },
    },
  });
  const [count, seed, from] = [Number(values.count), Number(values.seed), Number(values.from)];
  if (![count, seed, from].every((value) => Number.isSafeInteger(value) && value >= 0) || from >= count) {
    throw new Error('--count, --seed and --from want whole numbers, and --from less than --count');
  }
  const began = performance.now();
  let told = 0;
  const { findings, tallies } = await openBrokenFiles({
    seed,
    from,
    count,
    only: values.only,
    onProgress: (done, found) => {
      // At once: who stops this has seen them.
      for (const { number, format, what } of found.slice(told)) console.log(`${number} ${format}: ${what}`);
      told = found.length;
      if (done % 1000 === 0) console.error(`${done} files, ${found.length} findings`);
    },
  });
  for (const { number, format, what } of findings.slice(told)) console.log(`${number} ${format}: ${what}`);
  const right = (/** @type {string} */ text) => text.padStart(9);
  console.log(`${''.padEnd(30)}${['opened', 'refused', 'seconds', 'slowest'].map(right).join('')}`);
  for (const [format, tally] of tallies) {
    const [whole, slowest] = [tally.seconds.toFixed(1), `${Math.round(1000 * tally.slowest)} ms`];
    const columns = [String(tally.opened), String(tally.refused), whole, slowest].map(right).join('');
    console.log(`${format.padEnd(30)}${columns}`);
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`Broken files ${from} to ${count}, seed ${seed}: ${findings.length} findings in ${seconds} s`);
  if (findings.length > 0) console.log(`The files are in ${kept}.`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
