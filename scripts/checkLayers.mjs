import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import config from '../.dependency-cruiser.mjs';

const LAYER_FOLDERS = ['src', 'electron'];

/**
 * Checks which layer imports which.
 * @param {string} root folder that holds `src` and, perhaps, `electron`
 * @returns {Promise<{ violations: string[], cruised: number, onDisk: number }>} `violations` also says when the
 *   checker looked at fewer files than there are: a parser that cannot read TypeScript reports "no violations".
 */
export async function checkLayers(root) {
  const folders = LAYER_FOLDERS.filter((folder) => existsSync(path.join(root, folder)));
  const { forbidden, options } = /** @type {Required<import('dependency-cruiser').IConfiguration>} */ (config);
  const reply = await cruise(folders, { ...options, baseDir: root, validate: true, ruleSet: { forbidden } });
  if (typeof reply.output === 'string') throw new Error('dependency-cruiser answered with text where a result was due');
  const { modules, summary } = reply.output;
  const violations = summary.violations.map((v) => `${v.rule.severity} ${v.rule.name}: ${v.from} -> ${v.to}`);

  const onDisk = folders.flatMap((folder) => sourceFiles(path.join(root, folder)));
  const seen = new Set(modules.map((module) => path.resolve(root, module.source)));
  for (const file of onDisk) {
    if (!seen.has(file)) violations.push(`error not-looked-at: ${path.relative(root, file)}`);
  }
  if (onDisk.length === 0) violations.push('error not-looked-at: there is no source file at all');
  // A file with imports of which the parser saw none means that TypeScript was not parsed.
  if (onDisk.length > 1 && modules.every((module) => module.dependencies.length === 0)) {
    violations.push('error not-looked-at: not one import was seen');
  }
  return { violations, cruised: onDisk.filter((file) => seen.has(file)).length, onDisk: onDisk.length };
}

/**
 * @param {string} folder
 * @returns {string[]} absolute paths of all TypeScript sources below; AssemblyScript is another language
 */
function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => path.join(folder, name))
    .filter((file) => !file.includes(path.join('simd', 'assembly')));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { violations, cruised, onDisk } = await checkLayers(path.join(import.meta.dirname, '..'));
  for (const violation of violations) console.error(violation);
  console.log(`layers: ${cruised} of ${onDisk} source files looked at, ${violations.length} violations`);
  if (violations.length > 0) process.exitCode = 1;
}
