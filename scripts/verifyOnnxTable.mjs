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
 */

/**
 * Prints a line for each network as it comes and puts all of them into a file where one is given.
 * @param {readonly string[]} names
 * @param {(name: string) => Promise<{ memory: number, report?: OnnxReport, problem?: string }>} verify
 * @param {string | undefined} file
 * @returns {Promise<number>} how many failed
 */
export async function onnxTable(names, verify, file) {
  const lines = [tableLine(HEAD), tableLine(HEAD.map((_, column) => (column < 2 ? '---' : '--:')))];
  for (const head of lines) console.log(head);
  let failed = 0;
  for (const name of names) {
    const { memory, report, problem } = await verify(name);
    if (report === undefined) {
      failed += 1;
      console.log(`FAILED ${name}: ${problem}`);
      continue;
    }
    lines.push(tableLine(cellsOf(report)));
    const checks = [report.float32.verification, report.float16.verification];
    const good = checks.every(({ status }) => status === 'verified');
    if (!good) failed += 1;
    console.log(
      `${lines.at(-1)} ${good ? '' : 'FAILED '}${report.seconds.toFixed(0)} s, ${(memory / 1e9).toFixed(1)} GB`,
    );
  }
  if (file !== undefined && failed === 0) await replaceTable(file, MARKS, lines.join('\n'));
  return failed;
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
