import path from 'node:path';
import ts from 'typescript';
import { root } from './setUp.mjs';

/** Every folder with a tsconfig.json of its own, which says what its files may know: the page's globals, Node's, or neither. */
export const projectFolders = [
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

/** @type {ts.FormatDiagnosticsHost} */
const formatHost = {
  getCurrentDirectory: () => root,
  getNewLine: () => ts.sys.newLine,
  getCanonicalFileName: (file) => file,
};

/** What projects share is read once. Between all of them nothing differs of what a file is parsed by. */
const parsed = /** @type {Map<string, ts.SourceFile | undefined>} */ (new Map());

/**
 * @typedef {object} SourceProject
 * @property {ts.EmitAndSemanticDiagnosticsBuilderProgram} builder knows from last time what needs no other look
 * @property {readonly string[]} files absolute paths of what its tsconfig.json includes
 *
 * @param {string} folder
 * @returns {SourceProject}
 */
export function openProject(folder) {
  const { options, fileNames, errors } = readConfig(folder);
  const host = ts.createIncrementalCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (file, how, ...rest) => {
    const format = typeof how === 'object' ? `${how.languageVersion} ${how.impliedNodeFormat ?? ''}` : String(how);
    const key = `${file} ${format}`;
    if (!parsed.has(key)) parsed.set(key, read(file, how, ...rest));
    return parsed.get(key);
  };
  const builder = ts.createIncrementalProgram({
    rootNames: fileNames,
    options,
    host,
    configFileParsingDiagnostics: errors,
  });
  return { builder, files: fileNames };
}

/**
 * Errors of types in the files that are a project's own, and in such as no project has. What is imported from another project is
 * checked there, by what it may know there. Keeps what was found for the next time.
 * @param {SourceProject} project
 * @param {ReadonlySet<string>} filesOfProjects
 * @returns {readonly ts.Diagnostic[]}
 */
export function typeErrors({ builder, files }, filesOfProjects) {
  const own = new Set(files);
  /** @param {ts.SourceFile} file */
  const isElsewhere = ({ fileName }) => filesOfProjects.has(fileName) && !own.has(fileName);
  // Not asked file by file alone: this is what looks again at a file of which only an import has changed.
  while (builder.getSemanticDiagnosticsOfNextAffectedFile(undefined, isElsewhere) !== undefined);
  const errors = [
    ...builder.getConfigFileParsingDiagnostics(),
    ...builder.getOptionsDiagnostics(),
    ...builder.getGlobalDiagnostics(),
    ...builder
      .getSourceFiles()
      .filter((file) => !isElsewhere(file))
      .flatMap((file) => [...builder.getSyntacticDiagnostics(file), ...builder.getSemanticDiagnostics(file)]),
  ];
  builder.emit();
  return errors;
}

/** @returns {ReadonlySet<string>} absolute paths of all files that some project checks */
export function filesOfAllProjects() {
  return new Set(projectFolders.flatMap((folder) => readConfig(folder).fileNames));
}

/** @param {readonly ts.Diagnostic[]} errors */
export function inWords(errors) {
  return ts.formatDiagnosticsWithColorAndContext(ts.sortAndDeduplicateDiagnostics(errors), formatHost);
}

/** @param {string} folder */
function readConfig(folder) {
  const file = path.join(root, folder, 'tsconfig.json');
  const config = ts.getParsedCommandLineOfConfigFile(
    file,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (problem) => {
        throw new Error(inWords([problem]));
      },
    },
  );
  if (config === undefined || config.fileNames.length === 0) throw new Error(`There is nothing to check in ${file}`);
  return config;
}
