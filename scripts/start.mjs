import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureElectron } from './electronBinary.mjs';
import { builtSetUp, root, SetUpError, setUpProject } from './setUp.mjs';

/**
 * `npm start`: sets everything up, then opens the editor: in Electron where it can be had, else in the browser.
 * `npm start -- --browser [--no-open] [--port N]` goes to the browser at once; other arguments go to `skipwire serve`.
 */
const EARLY_END_MS = 5_000;

const wanted = process.argv.slice(2);
const log = console.error;

try {
  await setUpProject(log);
  // The editor opens at once; its host installs the native engine meanwhile, and trains with another until it is there.
  process.env['SKIPWIRE_INSTALL_ENGINE'] ??= '1';
  const why = wanted.includes('--browser') ? 'as asked' : await openInElectron();
  if (why !== undefined) await openInBrowser(why);
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  log(error.message);
  process.exitCode = 1;
}

/** @returns {Promise<string | undefined>} why not, or undefined when Electron has it */
async function openInElectron() {
  if (!hasDisplay()) return 'there is no display for a window';
  const main = path.join(root, 'dist', 'electron', 'main.js');
  if (!existsSync(main)) return 'the Electron shell is not built';
  const { userCacheFolder } = await builtSetUp();
  const reply = await ensureElectron(root, userCacheFolder(), log);
  if ('reason' in reply) return reply.reason;

  log('Opening Skipwire in Electron.');
  const begun = Date.now();
  const child = spawn(reply.program, [root, ...wanted], { stdio: 'inherit' });
  const code = await new Promise((resolve) => {
    child.once('close', resolve);
    child.once('error', (error) => resolve(error.message));
  });
  if (code !== 0 && Date.now() - begun < EARLY_END_MS) return `Electron ended at once (${code})`;
  process.exitCode = typeof code === 'number' ? code : 1;
  return undefined;
}

/** @param {string} why */
async function openInBrowser(why) {
  log(`Opening Skipwire in the browser: ${why}.`);
  const options = wanted.filter((option) => option !== '--browser');
  // Without a display, xdg-open would fall back to a browser in this very terminal.
  if (!options.includes('--no-open') && !options.includes('--open'))
    options.push(hasDisplay() ? '--open' : '--no-open');
  const cli = path.join(root, 'dist', 'main', 'cli.js');
  process.argv = [process.execPath, cli, 'serve', ...options];
  await import(pathToFileURL(cli).href);
}

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}
