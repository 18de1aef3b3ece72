import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallInput, CallName } from '../../contract/contract.ts';
import { BlockDocument } from '../../graph-engine/document/schema.ts';
import { createHost, type Host } from './createHost.ts';

let folder: string;
let host: Host;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-journal-'));
  host = await createHost({ workspace: folder });
});
afterEach(async () => {
  await host.dispose();
  await rm(folder, { recursive: true });
});

/** The value of a request that must succeed. */
async function value<Name extends CallName>(name: Name, input: CallInput<Name>) {
  const answer = await host.call(name, input);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

test('unsaved work outlives the host, and is gone when it was saved', async () => {
  const file = { path: 'net.json', modified: 1 };
  await value('journal/write', { id: 'a1', name: 'One', file, text: '{}' });
  await value('journal/write', { id: 'b2', name: 'Two', file: null, text: '{"two":1}' });
  await host.dispose();
  host = await createHost({ workspace: folder });
  const { entries } = await value('journal/list', {});
  expect(entries.map(({ id, name, file: where }) => [id, name, where])).toEqual(
    expect.arrayContaining([
      ['a1', 'One', file],
      ['b2', 'Two', null],
    ]),
  );
  expect((await value('journal/read', { id: 'b2' })).text).toBe('{"two":1}');
  await value('journal/remove', { id: 'a1' });
  expect((await value('journal/list', {})).entries.map(({ id }) => id)).toEqual(['b2']);
  expect((await value('workspace/list', { folder: '' })).entries).toEqual([]);
});

test('a journal entry that somebody else wrote there is passed over, and ids are no paths', async () => {
  await value('journal/write', { id: 'a1', name: 'One', file: null, text: '{}' });
  await writeFile(path.join(folder, '.skipwire', 'journal', 'odd.json'), '{"id":');
  expect((await value('journal/list', {})).entries.map(({ id }) => id)).toEqual(['a1']);
  const refused = await host.call('journal/read', { id: '../recent' });
  expect(refused).toMatchObject({ ok: false, problem: { code: 'host/bad-input' } });
});

test('recent documents are the last ones first, without those that are gone or were only glanced at', async () => {
  for (const name of ['one', 'two', 'three']) await value('document/write', { path: `${name}.json`, text: '{}' });
  await value('document/read', { path: 'one.json' });
  await value('document/read', { path: 'two.json', glance: true });
  await rm(path.join(folder, 'three.json'));
  expect((await value('document/recent', {})).documents.map(({ path: file }) => file)).toEqual([
    'one.json',
    'two.json',
  ]);
});

test('the age of files is told, and that they are gone', async () => {
  const { modified } = await value('document/write', { path: 'one.json', text: '{}' });
  expect(await value('document/check', { paths: ['one.json', 'none.json'] })).toEqual({
    files: [
      { path: 'one.json', modified },
      { path: 'none.json', modified: null },
    ],
  });
});

test('versions are the commits of the file, and each can be read', async () => {
  const refused = await host.call('document/versions', { path: 'net.json' });
  expect(refused).toMatchObject({ ok: false, problem: { code: 'version/no-repository' } });
  const git = (...words: string[]): void => {
    const who = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.org'];
    execFileSync('git', ['-C', folder, ...who, ...words], { stdio: 'ignore' });
  };
  git('init');
  for (const text of ['first', 'second']) {
    await value('document/write', { path: 'nets/net.json', text });
    git('add', 'nets');
    git('commit', '-m', `Draw the ${text}`);
  }
  const { versions } = await value('document/versions', { path: 'nets/net.json' });
  expect(versions.map(({ subject }) => subject)).toEqual(['Draw the second', 'Draw the first']);
  const revision = versions[1]?.revision ?? '';
  expect(await value('document/version', { path: 'nets/net.json', revision })).toEqual({ text: 'first' });
  const absent = await host.call('document/version', { path: 'nets/net.json', revision: 'abcdef0' });
  expect(absent).toMatchObject({ ok: false, problem: { code: 'version/missing' } });
});

test('a published block is a file of the library with its picture, listed until it is removed', async () => {
  const document = BlockDocument.parse({
    format: 'skipwire/block@1',
    id: 'mine',
    block: { name: 'Mine', graph: { nodes: {} } },
  });
  await value('library/write', { document, picture: '<svg/>' });
  expect(await value('library/list', {})).toEqual({ blocks: [{ document, picture: '<svg/>' }], unreadable: [] });
  expect(await readFile(path.join(folder, 'library', 'mine.svg'), 'utf8')).toBe('<svg/>');
  const refused = await host.call('library/write', { document, picture: null });
  expect(refused).toMatchObject({ ok: false, problem: { code: 'file/exists' } });
  await writeFile(path.join(folder, 'library', 'odd.json'), '[]');
  expect((await value('library/list', {})).unreadable.map((one) => one.path)).toEqual(['library/odd.json']);
  await value('library/remove', { id: 'mine' });
  expect((await value('library/list', {})).blocks).toEqual([]);
});
