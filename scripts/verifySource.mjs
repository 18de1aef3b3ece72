import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { replaceTable, tableLine } from './markdownTable.mjs';
import { runWatched } from './runWatched.mjs';
import { root, SetUpError, setUpProject } from './setUp.mjs';

/** @typedef {import('../tests/support/verifySource.ts').SourceReport} SourceReport */

const usage = `npm run verify:source -- [options] [network ...]
Writes every network of the library, or those named, as PyTorch and as Keras source, and has both run by the Python that
SKIPWIRE_PYTHON names, each run in a process of its own: as many parameters as the document counts, and the answers of PyTorch's
own networks with the same weights.
  --resume     keeps what an earlier call has found
  --out FILE   puts the table into this file, between its marks
  --memory N   gigabytes that a network may need (default 10)`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    resume: { type: 'boolean', default: false },
    out: { type: 'string' },
    memory: { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}

/** Of the largest difference between the answers to the two examples; double precision strays by the digits of the golden files. */
const TOLERANCES = { float64: 1e-6, float32: 1e-4 };
const FRAMEWORKS = /** @type {const} */ (['pytorch', 'keras']);
const HEAD = ['Network', 'Run on', 'Its own input', 'Parameters'].concat(
  ...['PyTorch', 'Keras'].map((title) => [`${title} lines`, `${title} float64`, `${title} float32`]),
);
/** @type {readonly [string, string]} */
const MARKS = ['<!-- table of the sources -->', '<!-- end of the table -->'];
const program = path.join(root, 'scripts/verifyNetwork.mjs');
const kept = path.join(root, 'node_modules/.cache/skipwire/verify-source');

try {
  await setUpProject(console.error);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exit(1);
}
mkdirSync(kept, { recursive: true });
const natural = new Intl.Collator('en', { numeric: true });
const all = readdirSync(path.join(root, 'templates/networks')).map((file) => path.basename(file, '.json'));
const names = positionals.length > 0 ? positionals : all.sort((a, b) => natural.compare(a, b));
const lines = [tableLine(HEAD), tableLine(HEAD.map((_, column) => (column < 3 ? '---' : '--:')))];
for (const head of lines) console.log(head);
let failed = 0;
for (const name of names) {
  const { report, problem } = await verified(name);
  const problems = report === undefined ? [problem] : problemsOf(report);
  if (report !== undefined) lines.push(tableLine(cellsOf(report)));
  if (problems.length > 0) failed += 1;
  console.log(problems.length > 0 ? `FAILED ${name}: ${problems.join('; ')}` : lines.at(-1));
}
if (options.out !== undefined && failed === 0) await replaceTable(options.out, MARKS, lines.join('\n'));
console.log(`${names.length - failed} verified, ${failed} failed`);
process.exitCode = failed > 0 || names.length === 0 ? 1 : 0;

/**
 * @param {string} name
 * @returns {Promise<{ report?: SourceReport, problem?: string }>}
 */
async function verified(name) {
  const file = path.join(kept, `${name}.json`);
  if (options.resume && existsSync(file)) {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    if (problemsOf(report).length === 0) return { report };
  }
  const found = await runWatched([program, 'source', name], Number(options.memory) * 1e9);
  if (found.report !== undefined) writeFileSync(file, JSON.stringify(found.report));
  return found;
}

/** @param {SourceReport} report */
function problemsOf({ parameters, frameworks }) {
  return FRAMEWORKS.flatMap((name) => {
    const found = frameworks[name];
    if (found.problem !== undefined) return [`${name}: ${found.problem}`];
    const counted =
      found.parameters === parameters ? [] : [`${name} has ${found.parameters} parameters, not ${parameters}`];
    const precisions = /** @type {const} */ (['float64', 'float32']);
    const off = precisions.filter((precision) => !((found[precision] ?? Number.NaN) < TOLERANCES[precision]));
    return [...counted, ...off.map((precision) => `${name} is off by ${found[precision]} in ${precision}`)];
  });
}

/** @param {SourceReport} report */
function cellsOf({ name, input, ownInput, parameters, frameworks }) {
  return [name, input, input === ownInput ? 'the same' : ownInput, parameters.toLocaleString('en')].concat(
    ...FRAMEWORKS.map((framework) => {
      const { lines: count, float64, float32 } = frameworks[framework];
      return [String(count), shareOf(float64), shareOf(float32)];
    }),
  );
}

/** @param {number | undefined} value */
function shareOf(value) {
  return value === undefined ? '-' : value.toExponential(1);
}
