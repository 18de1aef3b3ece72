#!/usr/bin/env node
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUpEngine, SetUpError, setUpProject } from '../scripts/setUp.mjs';

/** `npx skipwire`: in a fresh clone it sets up what the command needs, its progress on stderr; then the command runs. */
/** Much faster with the native engine, which is installed before; without it the one that comes along does. */
const USE_THE_ENGINE = ['train', 'export', 'evaluate', 'predict', 'generate', 'bench'];

const given = process.argv.slice(2);
const asksForHelp = given.length === 0 || given.some((word) => ['--help', '-h', '--version', '-V'].includes(word));

try {
  // A packaged copy has its build and no sources.
  if (existsSync(path.join(root, 'src'))) await setUpProject(console.error);
  if (!asksForHelp && USE_THE_ENGINE.includes(given[0] ?? '') && !asksForAnotherEngine()) await setUpEngineIfPossible();
  // `skipwire serve` opens at once, and the native engine is installed meanwhile.
  if (given[0] === 'serve') process.env['SKIPWIRE_INSTALL_ENGINE'] ??= '1';
  await import(pathToFileURL(path.join(root, 'dist', 'main', 'cli.js')).href);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** @returns {boolean} whether an engine is named that nothing has to be installed for */
function asksForAnotherEngine() {
  const at = given.findIndex((word) => word === '--engine' || word.startsWith('--engine='));
  const named = at === -1 ? process.env['SKIPWIRE_ENGINE'] : (given[at]?.split('=')[1] ?? given[at + 1]);
  return named !== undefined && !['', 'automatic', 'tensorflow'].includes(named);
}

/** What cannot be installed is told, and the command goes on with what there is. */
async function setUpEngineIfPossible() {
  try {
    await setUpEngine();
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(`${error.message}\nGoing on without the native engine.`);
  }
}
