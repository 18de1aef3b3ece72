import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runCommand } from './runCommand.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Finds the Chromium that the story tests drive: what `CHROME_PATH` names, the system's, or playwright's own.
 * @returns {string | undefined} its path
 */
export function findChromium() {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const candidates = [
    process.env['CHROME_PATH'],
    ...NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))),
    ...PLACES,
    playwrightsOwn(),
  ];
  return candidates.find((file) => file !== undefined && file !== '' && existsSync(file));
}

/**
 * Finds Chromium, or installs it: as root on Debian from the system's packages, else playwright's own build.
 * @param {(line: string) => void} log
 * @returns {Promise<string | undefined>} undefined when neither way worked
 */
export async function ensureChromium(log) {
  const found = findChromium();
  if (found !== undefined) return found;
  log('Installing Chromium for the story tests ...');
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runCommand('apt-get', ['update', '-qq'], { show: true, env });
    await runCommand('apt-get', ['install', '-y', '-qq', 'chromium'], { show: true, env });
  }
  if (findChromium() === undefined) {
    const cli = createRequire(import.meta.url).resolve('playwright-core/cli.js');
    await runCommand(process.execPath, [cli, 'install', 'chromium'], { show: true });
  }
  return findChromium();
}

/** @returns {string | undefined} */
function playwrightsOwn() {
  try {
    return createRequire(import.meta.url)('playwright-core').chromium.executablePath();
  } catch {
    return undefined;
  }
}
