import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dependenciesMatch, root } from './setUp.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'skipwire-setup-'));
  mkdirSync(path.join(folder, 'node_modules'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lay(wanted: object, installed: object): void {
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }));
  writeFileSync(path.join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
}

test('the dependencies of this very checkout match', () => {
  expect(dependenciesMatch(root)).toBe(true);
});

test('dependencies match when every package is there in its version; optional ones may be absent', () => {
  const wanted = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } };
  expect(dependenciesMatch(folder)).toBe(false);
  lay(wanted, { 'node_modules/a': { version: '1.0.0' } });
  expect(dependenciesMatch(folder)).toBe(true);
  lay(wanted, { 'node_modules/a': { version: '1.0.1' } });
  expect(dependenciesMatch(folder)).toBe(false);
  lay(wanted, { 'node_modules/b': { version: '2.0.0' } });
  expect(dependenciesMatch(folder)).toBe(false);
});

test('the lock file names the optional packages of every system, or npm ci refuses it', () => {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const places = Object.keys(lock.packages);
  const absent = Object.values(lock.packages)
    .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    .filter((name) => !places.some((place) => place.endsWith(`node_modules/${name}`)));
  expect(absent).toEqual([]);
});
