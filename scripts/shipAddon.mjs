import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';

/*
 * Lays the compiled addon of the engine that is installed here into dist/addon, where electron-builder packs it: a machine without
 * a compiler then installs the engine with it.
 */

await build({ only: ['main'] });
const setup = pathToFileURL(path.join(import.meta.dirname, '..', 'dist', 'main', 'setup.js')).href;
const { problemOf, shipInstalledAddon } = await import(setup);
try {
  console.log(`The addon lies in ${await shipInstalledAddon()}`);
} catch (error) {
  const problem = problemOf(error);
  if (problem === undefined) throw error;
  console.error(`${problem.message} ${problem.remedy ?? ''}`);
  process.exitCode = 1;
}
