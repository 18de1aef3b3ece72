import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerOf } from './hostFailure.ts';
import { openWorkspace } from './workspaceFolder.ts';
import { writeAtomically } from './writeAtomically.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-files-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('writing', () => {
  test('replaces the whole file and leaves nothing beside it', async () => {
    const file = path.join(folder, 'network.json');
    await writeAtomically(file, 'old and much longer');
    await writeAtomically(file, 'new');
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['network.json']);
  });

  test('over a folder is refused in words, and the folder stays', async () => {
    await mkdir(path.join(folder, 'network.json', 'inside'), { recursive: true });
    const answer = await answerOf(() => writeAtomically(path.join(folder, 'network.json'), 'new'));
    expect(answer.ok).toBe(false);
    if (!answer.ok) expect(answer.problem.code).toMatch(/^file\//);
    expect(await readdir(folder)).toEqual(['network.json']);
  });

  test('into a folder that is not there names the file that was meant', async () => {
    const file = path.join(folder, 'nowhere', 'network.json');
    const answer = await answerOf(() => writeAtomically(file, 'new'));
    expect(answer).toMatchObject({ ok: false, problem: { code: 'file/missing' } });
    if (!answer.ok) expect(answer.problem.message).toContain(`"${file}"`);
  });

  test('a data source that fails half way leaves the old file', async () => {
    const file = path.join(folder, 'weights');
    await writeAtomically(file, 'old');
    const failing = (function* () {
      yield new Uint8Array(10);
      throw new Error('half way');
    })();
    await expect(writeAtomically(file, failing)).rejects.toThrow('half way');
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['weights']);
  });
});

describe('the workspace', () => {
  test('is made on first use, and paths lead into it', async () => {
    const workspace = await openWorkspace(path.join(folder, 'new', 'work'));
    expect(await workspace.resolve('a/b.json')).toBe(path.join(workspace.root, 'a', 'b.json'));
  });

  test.each(['../secret', 'a/../../secret', '/etc/passwd', 'C:/windows', 'a\\b', './a', 'a//b', 'a\0b'])(
    '%j is outside',
    async (name) => {
      const workspace = await openWorkspace(folder);
      const answer = await answerOf(() => workspace.resolve(name));
      expect(answer).toMatchObject({ ok: false, problem: { code: 'file/outside-workspace' } });
    },
  );

  test('a symbolic link that leads out is no way out, whether its end exists or not', async () => {
    const work = path.join(folder, 'work');
    await mkdir(work);
    await writeFile(path.join(folder, 'secret'), 'secret');
    await symlink(folder, path.join(work, 'out'));
    const workspace = await openWorkspace(work);
    for (const name of ['out', 'out/secret', 'out/new/file.json']) {
      const answer = await answerOf(() => workspace.resolve(name));
      expect(answer).toMatchObject({ ok: false, problem: { code: 'file/outside-workspace' } });
    }
  });

  test('a link inside the workspace may be followed', async () => {
    await mkdir(path.join(folder, 'real'));
    await symlink(path.join(folder, 'real'), path.join(folder, 'alias'));
    const workspace = await openWorkspace(folder);
    expect((await answerOf(() => workspace.resolve('alias/file.json'))).ok).toBe(true);
  });
});
