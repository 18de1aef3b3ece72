import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { replaceTable, tableLine } from './markdownTable.mjs';

const HEAD = [
  'Network',
  'Input',
  'float32 file',
  'float32 off by',
  'float16 file',
  'float16 off by',
  'of what tells two inputs apart',
  'every result rounded, off by',
];
/** @type {readonly [string, string]} */
const MARKS = ['<!-- table of the exports -->', '<!-- end of the table -->'];

/**
 * @typedef {import('../tests/support/verifyOnnxExport.ts').OnnxReport} OnnxReport
 * @typedef {import('../src/contract/exports.ts').Verification} Verification
 * @typedef {{ memory: number, report?: OnnxReport, problem?: string }} Watched
 */

/**
 * Prints a line for each network as it comes and puts all of them into a file where one is given. With a file of results, networks
 * that are good in it are not run again: an hour's work may be cut short.
 * @param {readonly string[]} names
 * @param {(name: string) => Promise<Watched>} verify
 * @param {{ out?: string | undefined, results?: string | undefined }} files
 * @returns {Promise<number>} how many failed
 */
export async function onnxTable(names, verify, { out, results }) {
  const lines = [tableLine(HEAD), tableLine(HEAD.map((_, column) => (column < 2 ? '---' : '--:')))];
  for (const head of lines) console.log(head);
  let failed = 0;
  const known = results === undefined ? new Map() : readResults(results);
  for (const name of names) {
    const watched = known.get(name) ?? (await verify(name));
    const { memory, report, problem } = watched;
    if (results !== undefined && !known.has(name)) appendFileSync(results, `${JSON.stringify({ name, ...watched })}\n`);
    if (report === undefined) {
      failed += 1;
      console.log(`FAILED ${name}: ${problem}`);
      continue;
    }
    lines.push(tableLine(cellsOf(report)));
    const good = isGood(report);
    if (!good) failed += 1;
    console.log(
      `${lines.at(-1)} ${good ? '' : 'FAILED '}${report.seconds.toFixed(0)} s, ${(memory / 1e9).toFixed(1)} GB`,
    );
  }
  if (out !== undefined && failed === 0) await replaceTable(out, MARKS, lines.join('\n'));
  return failed;
}

/** @param {OnnxReport} report */
function isGood({ float32, float16 }) {
  return [float32.verification, float16.verification].every(({ status }) => status === 'verified');
}

/**
 * What is good in a file of results, by network.
 * @param {string} file
 * @returns {Map<string, Watched>}
 */
function readResults(file) {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const results = lines.map((line) => /** @type {{ name: string } & Watched} */ (JSON.parse(line)));
  const good = results.filter(({ report }) => report !== undefined && isGood(report));
  return new Map(good.map(({ name, ...watched }) => [name, watched]));
}

/** @param {OnnxReport} report */
function cellsOf({ name, input, apart, float32, float16, rounded }) {
  const { verification } = float16;
  const ofApart = 'maximumDifference' in verification ? verification.maximumDifference / apart : Number.NaN;
  return [
    name,
    input,
    megabytes(float32.bytes),
    shareOf(float32.verification),
    megabytes(float16.bytes),
    shareOf(verification),
    ofApart.toExponential(1),
    shareOf(rounded),
  ];
}

/** @param {Verification} verification */
function shareOf(verification) {
  if (verification.status === 'not-verified') return verification.reason;
  return verification.relativeDifference.toExponential(1);
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
