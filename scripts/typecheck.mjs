import { existsSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './runCommand.mjs';
import { root } from './setUp.mjs';

/*
 * Checks the types of every project. The first time in one process, which reads once what they share. Later each by itself, by
 * what it knows from before: `tsc --build` takes a project for up to date while its own files are, and does not see that what they
 * import from another has changed.
 */
const projects = [
  'src/graph-engine',
  'src/contract',
  'src/main',
  'src/main/executors/webgpu/page',
  'src/renderer',
  'electron',
  'tests',
  'scripts',
  'bench',
];

const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const isFirst = !existsSync(path.join(root, 'node_modules', '.cache', 'tsc'));
const runs = isFirst ? [['-b', ...projects]] : projects.map((project) => ['-p', project]);
let failed = false;
for (const run of runs) {
  const { code } = await runCommand(process.execPath, [compiler, ...run], { cwd: root, show: true });
  failed ||= code !== 0;
}
process.exitCode = failed ? 1 : 0;
