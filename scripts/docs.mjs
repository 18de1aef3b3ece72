import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runnerImport } from 'vite';
import { root } from './setUp.mjs';

/** `npm run docs`: writes `docs/reference` anew from the ops and templates. */
const folder = path.join(root, 'docs', 'reference');
const { module } = await runnerImport(path.join(import.meta.dirname, 'referenceFiles.ts'), { configFile: false, root });
/** @type {ReadonlyMap<string, string>} */
const files = module.referenceFiles();
rmSync(folder, { recursive: true, force: true });
for (const [name, text] of files) {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
console.error(`wrote ${files.size} pages to docs/reference`);
