import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { runCommand } from './runCommand.mjs';
import { root, setUpEngine, SetUpError, setUpProject } from './setUp.mjs';

/**
 * `npm test`: sets up, checks everything, and closes with "N passed, N failed". With arguments, which are vitest's
 * (`npm test -- src/main/engines`), it runs those tests and no other check.
 */
const checks = [
  // In two processes, of about the same work, for two cores.
  { name: 'types and rules of window, tests and scripts', command: ['scripts/checkSources.mjs', 'others'] },
  { name: 'types and rules of engine and host', command: ['scripts/checkSources.mjs', 'engine-and-host'] },
  { name: 'layers', command: ['scripts/checkLayers.mjs'] },
  { name: 'format', command: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
];

/** @type {{ passed: number, failed: number, skipped: number }} */
const counts = { passed: 0, failed: 0, skipped: 0 };
const vitestArguments = process.argv.slice(2);
const started = performance.now();

try {
  await setUpProject(console.error);
  // Each keeps one core busy or waits for a download, so they go side by side. What cannot be set up is told when all are done.
  const sideBySide = [setUpPrograms(), ...(vitestArguments.length === 0 ? checks.map(runCheck) : [])];
  await Promise.allSettled(sideBySide);
  await Promise.all(sideBySide);
  await runTests();
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  counts.failed += 1;
}
console.log(`Took ${Math.round((performance.now() - started) / 1000)} s`);
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

/** The engine and the browser that tests start. */
async function setUpPrograms() {
  await setUpEngine();
  const chromium = await ensureChromium(console.error);
  if (chromium === undefined) {
    throw new SetUpError(
      'No Chromium was found for the story tests. Install it (Debian: sudo apt-get install chromium), or set CHROME_PATH.',
    );
  }
}

/**
 * The outcome and what the check said come in one piece, as others run beside it.
 * @param {{ name: string, command: string[] }} check
 */
async function runCheck({ name, command }) {
  const begun = performance.now();
  const { code, output } = await runCommand(process.execPath, command, { cwd: root });
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  console.error(`${output}${code === 0 ? 'passed' : 'FAILED'}: ${name} (${seconds} s)`);
  if (code === 0) counts.passed += 1;
  else counts.failed += 1;
}

async function runTests() {
  console.error('== tests');
  const folder = path.join(root, 'node_modules', '.cache', 'skipwire');
  const report = path.join(folder, 'tests.json');
  mkdirSync(folder, { recursive: true });
  rmSync(report, { force: true });
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { code } = await runCommand(
    process.execPath,
    [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...vitestArguments],
    { cwd: root, show: true },
  );
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = readReport(report);
  counts.passed += numPassedTests;
  // A file that could not be loaded, or a crash, has no failed test of its own, and yet it failed.
  counts.failed += code !== 0 ? Math.max(1, numFailedTests) : numFailedTests;
  counts.skipped += numPendingTests + numTodoTests;
}

/**
 * @param {string} file
 * @returns {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number }}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  }
}
