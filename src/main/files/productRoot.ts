import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder that holds `package.json`, `assets`, `templates` and `dist`, from the sources as from a build. */
export const productRoot = findProductRoot(import.meta.dirname);

/** Version of this Skipwire, as its package says. */
export const productVersion = readVersion();

function findProductRoot(start: string): string {
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`No package.json above ${start}`);
  }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(productRoot, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('package.json has no version');
}
