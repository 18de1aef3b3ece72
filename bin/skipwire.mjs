#!/usr/bin/env node
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUpEngine, SetUpError, setUpProject } from '../scripts/setUp.mjs';

/** `npx skipwire`: in a fresh clone it sets up what the command needs, its progress on stderr; then the command runs. */
const NEED_THE_ENGINE = ['train', 'export', 'serve', 'bench'];

const given = process.argv.slice(2);
const asksForHelp = given.length === 0 || given.some((word) => ['--help', '-h', '--version', '-V'].includes(word));

try {
  // A packaged copy has its build and no sources.
  if (existsSync(path.join(root, 'src'))) await setUpProject(console.error);
  if (!asksForHelp && NEED_THE_ENGINE.includes(given[0] ?? '')) await setUpEngine();
  await import(pathToFileURL(path.join(root, 'dist', 'main', 'cli.js')).href);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
