import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { withFileLock } from './fileLock.mjs';
import { runCommand } from './runCommand.mjs';

export const root = path.join(import.meta.dirname, '..');

/** Something that a person must mend; its message is all there is to say. */
export class SetUpError extends Error {}

/**
 * Installs the dependencies where they are missing or not those of package-lock.json, and builds what is stale.
 * Both are no-ops in a fraction of a second when there is nothing to do.
 * @param {(line: string) => void} log
 */
export async function setUpProject(log) {
  if (!dependenciesMatch()) {
    mkdirSync(path.join(root, 'dist'), { recursive: true });
    await withFileLock(path.join(root, 'dist', '.dependencies.lock'), async () => {
      if (!dependenciesMatch()) await installDependencies(log);
    });
  }
  await build({ log });
}

/**
 * Finds the native engine, or installs it once for this user. Call `setUpProject` before: the installer is in the build.
 * @returns {Promise<void>}
 */
export async function setUpEngine() {
  const { ensureEngine, problemOf } = await builtSetUp();
  try {
    await ensureEngine();
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    throw new SetUpError(
      [problem.message, problem.received && `  ${problem.received.replaceAll('\n', '\n  ')}`, problem.remedy]
        .filter((line) => line)
        .join('\n'),
    );
  }
}

/** @returns {Promise<typeof import('../src/main/engines/setup.ts')>} */
export async function builtSetUp() {
  return import(pathToFileURL(path.join(root, 'dist', 'main', 'setup.js')).href);
}

/**
 * Whether node_modules holds what package-lock.json says: npm keeps a list of what it installed.
 * @returns {boolean}
 */
export function dependenciesMatch(folder = root) {
  const installedList = path.join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installedList)) return false;
  const wanted = packagesOf(path.join(folder, 'package-lock.json'));
  const installed = packagesOf(installedList);
  return Object.entries(wanted).every(([place, { version, optional, devOptional, link }]) => {
    // What is optional may be left out, on another system for instance.
    if (place === '' || link) return true;
    const found = installed[place];
    return found === undefined ? (optional ?? devOptional ?? false) : found.version === version;
  });
}

/**
 * @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** @param {(line: string) => void} log */
async function installDependencies(log) {
  log('Installing the dependencies (npm ci) ...');
  const started = performance.now();
  const options = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  const { code } =
    npm !== undefined && path.basename(npm) === 'npm-cli.js'
      ? await runCommand(process.execPath, [npm, ...options], { cwd: root, show: true })
      : await runCommand('npm', options, { cwd: root, show: true });
  if (code !== 0) {
    throw new SetUpError('npm ci failed: see what it says above. It needs the npm registry and nothing else.');
  }
  log(`Installed the dependencies in ${Math.round((performance.now() - started) / 1000)} s`);
}
