import { execFile } from 'node:child_process';
import path from 'node:path';
import type { DocumentVersion } from '../../contract/documents.ts';
import { HostFailure } from './hostFailure.ts';

const MAXIMUM_VERSIONS = 100;
const MAXIMUM_BYTES = 64_000_000;
/** Nothing that a repository's own settings could make git run. */
const SAFE = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-pager'];

function git(folder: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      ['-C', folder, ...SAFE, ...words],
      { maxBuffer: MAXIMUM_BYTES, timeout: 20_000, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(failure(error, stderr));
      },
    );
  });
}

function failure(error: Error & { code?: unknown }, stderr: string): HostFailure {
  if (error.code === 'ENOENT') {
    return new HostFailure({
      code: 'version/no-git',
      message: 'git is not installed here, so there are no versions to compare with.',
      remedy: 'Install git, or compare with another file.',
    });
  }
  if (stderr.includes('not a git repository')) {
    return new HostFailure({
      code: 'version/no-repository',
      message: 'The workspace is no git repository, so there are no versions to compare with.',
      remedy: 'Run "git init" in the workspace and commit, or compare with another file.',
    });
  }
  const [line = error.message] = stderr.trim().split('\n');
  return new HostFailure({ code: 'version/missing', message: `git says: ${line.replace(/^fatal: /, '')}` });
}

/** The commits in which a file changed, the last one first. Throws a `HostFailure` where there is no git or no repository. */
export async function listVersions(file: string): Promise<DocumentVersion[]> {
  const words = ['log', `--max-count=${MAXIMUM_VERSIONS}`, '--follow', '--format=%H%x1f%ct%x1f%s'];
  const output = await git(path.dirname(file), [...words, '--', path.basename(file)]);
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [revision = '', seconds = '0', subject = ''] = line.split('\u001f');
      return { revision, subject, time: Number(seconds) * 1000 };
    });
}

/** A file as it was in a commit. Throws a `HostFailure` when there is no such commit, or no such file in it. */
export async function readVersion(file: string, revision: string): Promise<string> {
  if (revision.startsWith('-')) {
    throw new HostFailure({ code: 'version/missing', message: `"${revision}" is no version.` });
  }
  return git(path.dirname(file), ['show', '--no-textconv', `${revision}:./${path.basename(file)}`]);
}
