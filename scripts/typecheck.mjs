import { filesOfAllProjects, inWords, openProject, projectFolders, typeErrors } from './sourceProjects.mjs';

/*
 * Checks the types of every project, each file once, in the project that owns it. Not by `tsc --build`, which takes a project for
 * up to date while its own files are and does not see that what they import from another has changed; and not by `tsc` for each,
 * which checks again what is imported from another.
 */
const filesOfProjects = filesOfAllProjects();
const errors = projectFolders.flatMap((folder) => typeErrors(openProject(folder), filesOfProjects));
if (errors.length > 0) {
  process.stderr.write(inWords(errors));
  process.exitCode = 1;
}
