import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const STALL_MS = 15_000;
const LIMIT_MS = 300_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The Electron program in node_modules; Electron's package comes without it.
 * @param {string} root the folder that holds node_modules
 * @returns {string | undefined}
 */
export function findElectron(root) {
  const electron = electronPackage(root);
  const note = path.join(electron, 'path.txt');
  if (!existsSync(note)) return undefined;
  const program = path.join(electron, 'dist', readFileSync(note, 'utf8').trim());
  return existsSync(program) ? program : undefined;
}

/**
 * Finds the Electron program, or lets Electron's own installer fetch it. A fetch that fails, or that stands still, is
 * given up and not tried again for a day.
 * @param {string} root the folder that holds node_modules
 * @param {string} cache the user's cache folder
 * @param {(line: string) => void} log
 * @returns {Promise<{ program: string } | { reason: string }>}
 */
export async function ensureElectron(root, cache, log) {
  const electron = electronPackage(root);
  const found = findElectron(root);
  if (found !== undefined) return { program: found };
  if (!existsSync(path.join(electron, 'install.js'))) return { reason: 'the electron package is not installed' };
  const note = path.join(cache, 'electron-failure.json');
  const { version } = JSON.parse(readFileSync(path.join(electron, 'package.json'), 'utf8'));
  const earlier = readFailure(note, version);
  if (earlier !== undefined) return { reason: `${earlier} (tried within the last day)` };

  log('Fetching Electron ...');
  const failure = await fetchElectron(electron, path.join(cache, 'electron-fetch'));
  const program = findElectron(root);
  if (program !== undefined) return { program };
  const reason = `Electron could not be fetched: ${failure}`;
  mkdirSync(cache, { recursive: true });
  writeFileSync(note, JSON.stringify({ at: Date.now(), version, reason }));
  return { reason };
}

/**
 * @param {string} note
 * @param {string} version
 * @returns {string | undefined} why the last fetch of this version failed, less than a day ago
 */
function readFailure(note, version) {
  try {
    const failure = JSON.parse(readFileSync(note, 'utf8'));
    return Date.now() - failure.at < DAY_MS && failure.version === version ? String(failure.reason) : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} root */
function electronPackage(root) {
  return path.join(root, 'node_modules', 'electron');
}

/**
 * @param {string} electron
 * @param {string} temporary where the download grows, so that a standstill can be seen
 * @returns {Promise<string>} what went wrong, if anything did
 */
async function fetchElectron(electron, temporary) {
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const child = spawn(process.execPath, [path.join(electron, 'install.js')], {
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(0, 10_000)));
  let failure = '';
  let size = 0;
  let grownAt = Date.now();
  const begunAt = Date.now();
  const watch = setInterval(() => {
    const now = bytesBelow(temporary) + bytesBelow(path.join(electron, 'dist'));
    if (now !== size) grownAt = Date.now();
    size = now;
    if (Date.now() - grownAt > STALL_MS) failure = `nothing came for ${STALL_MS / 1000} s`;
    if (Date.now() - begunAt > LIMIT_MS) failure = `it took more than ${LIMIT_MS / 60_000} minutes`;
    if (failure !== '') child.kill('SIGKILL');
  }, 500);
  const code = await new Promise((resolve) => {
    child.once('close', resolve);
    child.once('error', resolve);
  });
  clearInterval(watch);
  rmSync(temporary, { recursive: true, force: true });
  if (failure === '' && code !== 0) failure = firstErrorLine(said);
  return failure;
}

/** @param {string} text */
function firstErrorLine(text) {
  if (/fetch failed|ENOTFOUND|ECONN|EAI_AGAIN|ETIMEDOUT/.test(text)) return 'its download server cannot be reached';
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => /error/i.test(line)) ?? lines.find((line) => line !== '') ?? 'its installer failed';
}

/** @param {string} folder */
function bytesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}
