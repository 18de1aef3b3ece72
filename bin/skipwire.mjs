#!/usr/bin/env node
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUpEngine, SetUpError, setUpProject } from '../scripts/setUp.mjs';

/** `npx skipwire`: in a fresh clone it sets up what the command needs, its progress on stderr; then the command runs. */
const NEED_THE_ENGINE = ['train', 'export', 'evaluate', 'predict', 'generate', 'bench'];
/** The editor can draw without it. */
const USE_THE_ENGINE = ['serve'];
/** As in src/main/cli/exitCodes.ts, which is not built when it is needed here. */
const ENGINE_MISSING = 3;

const given = process.argv.slice(2);
const asksForHelp = given.length === 0 || given.some((word) => ['--help', '-h', '--version', '-V'].includes(word));

try {
  // A packaged copy has its build and no sources.
  if (existsSync(path.join(root, 'src'))) await setUpProject(console.error);
  if (asksForHelp || (await setUpEngineFor(given[0] ?? ''))) {
    await import(pathToFileURL(path.join(root, 'dist', 'main', 'cli.js')).href);
  } else {
    process.exitCode = ENGINE_MISSING;
  }
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/**
 * @param {string} command
 * @returns {Promise<boolean>} false when the command cannot run for want of the engine; the reason has been told
 */
async function setUpEngineFor(command) {
  if (![...NEED_THE_ENGINE, ...USE_THE_ENGINE].includes(command)) return true;
  try {
    await setUpEngine();
    return true;
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(error.message);
    return USE_THE_ENGINE.includes(command);
  }
}
