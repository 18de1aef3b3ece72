import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureElectron } from './electronBinary.mjs';

let root: string;
let cache: string;
let tries: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'skipwire-electron-'));
  cache = path.join(root, 'cache');
  tries = path.join(root, 'tries');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Lays a package named electron whose installer counts its calls and then does `what`. */
function layElectron(version: string, what: string): void {
  const folder = path.join(root, 'node_modules', 'electron');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'electron', version }));
  const count = `require('node:fs').appendFileSync(${JSON.stringify(tries)}, 'x');`;
  writeFileSync(path.join(folder, 'install.js'), count + what);
}

function timesTried(): number {
  return existsSync(tries) ? readFileSync(tries, 'utf8').length : 0;
}

const quiet = () => undefined;

describe('the Electron program', () => {
  test('is fetched by its own installer, and found the next time', async () => {
    const lay = `
      const fs = require('node:fs');
      fs.mkdirSync(__dirname + '/dist');
      fs.writeFileSync(__dirname + '/dist/electron', '');
      fs.writeFileSync(__dirname + '/path.txt', 'electron');`;
    layElectron('1.0.0', lay);
    const program = path.join(root, 'node_modules', 'electron', 'dist', 'electron');
    expect(await ensureElectron(root, cache, quiet)).toEqual({ program });
    expect(await ensureElectron(root, cache, quiet)).toEqual({ program });
    expect(timesTried()).toBe(1);
  });

  test('is not tried again for a day where it cannot be fetched, but at once in another version', async () => {
    layElectron('1.0.0', 'throw new TypeError("fetch failed");');
    const reason = 'Electron could not be fetched: its download server cannot be reached';
    expect(await ensureElectron(root, cache, quiet)).toEqual({ reason });
    expect(await ensureElectron(root, cache, quiet)).toEqual({ reason: `${reason} (tried within the last day)` });
    expect(timesTried()).toBe(1);

    layElectron('1.0.1', 'process.exit(1);');
    const other = 'Electron could not be fetched: its installer failed';
    expect(await ensureElectron(root, cache, quiet)).toEqual({ reason: other });
    expect(timesTried()).toBe(2);
  });
});
