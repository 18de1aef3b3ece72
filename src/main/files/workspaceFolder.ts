import { mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WorkspacePath } from '../../contract/workspacePath.ts';
import { HostFailure } from './hostFailure.ts';

/** The folder the editor may read and write; nothing outside it, not even through a symbolic link. */
export interface WorkspaceFolder {
  /** Absolute, with symbolic links resolved. */
  readonly root: string;
  /** Absolute path of a workspace path, which need not exist. Throws a `HostFailure` when it leads out of the folder. */
  resolve(workspacePath: string): Promise<string>;
}

/** The folder in which Skipwire keeps its own things; hidden from the lists of files. */
export function privateFolder({ root }: WorkspaceFolder): string {
  return path.join(root, '.skipwire');
}

/** Makes a folder below `privateFolder` and returns its path; git is told to leave all of it alone. */
export async function makePrivateFolder(workspace: WorkspaceFolder, name = ''): Promise<string> {
  const folder = path.join(privateFolder(workspace), name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(privateFolder(workspace), '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
  return folder;
}

/** Opens the workspace, creating the folder on first use. */
export async function openWorkspace(folder: string): Promise<WorkspaceFolder> {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  return {
    root,
    async resolve(workspacePath) {
      if (workspacePath === '') return root;
      const parsed = WorkspacePath.safeParse(workspacePath);
      if (!parsed.success) throw escape(workspacePath);
      const absolute = path.join(root, ...parsed.data.split('/'));
      if (!(await liesWithin(root, absolute))) throw escape(workspacePath);
      return absolute;
    },
  };
}

/** Whether a file or folder lies in `folder`, wherever symbolic links lead. Neither need exist; both are absolute. */
export async function liesWithin(folder: string, absolute: string): Promise<boolean> {
  const root = await realpathOfNearest(folder);
  const real = await realpathOfNearest(absolute);
  return real === root || real.startsWith(root + path.sep);
}

/** The real path of the deepest existing part, with the missing rest appended. */
async function realpathOfNearest(absolute: string): Promise<string> {
  const missing: string[] = [];
  let current = absolute;
  for (;;) {
    try {
      return path.join(await realpath(current), ...missing);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      missing.unshift(path.basename(current));
      const parent = path.dirname(current);
      if (parent === current) throw error;
      current = parent;
    }
  }
}

function escape(workspacePath: string): HostFailure {
  return new HostFailure({
    code: 'file/outside-workspace',
    message: `"${workspacePath}" is outside the workspace folder.`,
    expected: 'a path inside the workspace folder, with "/" between its parts',
    received: workspacePath,
    remedy: 'Copy the file into the workspace, or start Skipwire with --workspace and its folder.',
  });
}
