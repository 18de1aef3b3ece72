import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import { root } from './setUp.mjs';
import { filesOfAllProjects, inWords, openProject, projectFolders, typeErrors } from './sourceProjects.mjs';

/*
 * Types and lint rules by one reading of the sources: what the rules ask about types was found out when these were checked.
 * In two parts of about the same work, for two cores; `engine-and-host`, and `others` with all that belongs to no project.
 */
const engineAndHost = ['src/graph-engine', 'src/contract', 'src/main', 'src/main/executors/webgpu/page'];
const part = process.argv[2];
if (part !== 'engine-and-host' && part !== 'others') throw new Error(`There is no part ${part}`);

const filesOfProjects = filesOfAllProjects();
/** @type {import('typescript').Diagnostic[]} */
const errors = [];
/** @type {ESLint.LintResult[]} */
const findings = [];
for (const folder of projectFolders.filter(
  (folder) => engineAndHost.includes(folder) === (part === 'engine-and-host'),
)) {
  const project = openProject(folder);
  errors.push(...typeErrors(project, filesOfProjects));
  findings.push(...(await lintProject(project)));
}
/** @type {string[]} */
const strays = [];
if (part === 'others') {
  findings.push(...(await lintScripts()));
  strays.push(...(await sourcesOfNoProject()));
}

const formatter = await new ESLint({ cwd: root }).loadFormatter('stylish');
process.stdout.write(inWords(errors));
process.stdout.write(await formatter.format(findings));
for (const stray of strays) console.log(`${stray} is in no tsconfig.json, so nothing checks its types`);
const isClean =
  errors.length === 0 &&
  strays.length === 0 &&
  findings.every(({ errorCount, warningCount }) => errorCount === 0 && warningCount === 0);
process.exitCode = isClean ? 0 : 1;

/** @param {import('./sourceProjects.mjs').SourceProject} project */
function lintProject({ builder, files }) {
  const eslint = new ESLint({
    cwd: root,
    warnIgnored: false,
    overrideConfig: [
      {
        files: ['**/*.{ts,tsx}'],
        languageOptions: { parserOptions: { project: null, programs: [builder.getProgram()] } },
      },
    ],
  });
  return eslint.lintFiles(files.filter(isTyped));
}

/** What `eslint .` finds and needs no types for. */
function lintScripts() {
  return new ESLint({ cwd: root, overrideConfig: [{ ignores: ['**/*.{ts,tsx}'] }] }).lintFiles(['.']);
}

async function sourcesOfNoProject() {
  const eslint = new ESLint({ cwd: root });
  const found = [];
  for (const file of readdirSync(root).filter(isOurs).flatMap(filesAt)) {
    if (isTyped(file) && !filesOfProjects.has(file) && !(await eslint.isPathIgnored(file))) {
      found.push(path.relative(root, file));
    }
  }
  return found;
}

/** @param {string} name */
function isOurs(name) {
  return !name.startsWith('.') && name !== 'node_modules';
}

/** @param {string} name */
function filesAt(name) {
  const place = path.join(root, name);
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { recursive: true, encoding: 'utf8' }).map((below) => path.join(place, below));
}

/** @param {string} file */
function isTyped(file) {
  return /\.tsx?$/.test(file);
}
