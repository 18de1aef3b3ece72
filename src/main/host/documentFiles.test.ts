import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallInput, CallName } from '../../contract/contract.ts';
import { createHost, type Host } from './createHost.ts';

let folder: string;
let host: Host;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-documents-'));
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

test('a document is saved, listed, opened, and saved again', async () => {
  const first = await value('document/write', { path: 'nets/mine.json', text: '{}', expectedModified: null });
  const { entries } = await value('workspace/list', { folder: 'nets' });
  expect(entries).toMatchObject([{ name: 'mine.json', path: 'nets/mine.json', kind: 'document', size: 2 }]);
  const opened = await value('document/read', { path: 'nets/mine.json' });
  expect(opened).toEqual({ path: 'nets/mine.json', text: '{}', modified: first.modified });
  await value('document/write', { path: 'nets/mine.json', text: '{"a":1}', expectedModified: opened.modified });
  expect(await readFile(path.join(folder, 'nets', 'mine.json'), 'utf8')).toBe('{"a":1}');
});

test('what another program changed meanwhile is not written over', async () => {
  const { modified } = await value('document/write', { path: 'mine.json', text: 'old' });
  await writeFile(path.join(folder, 'mine.json'), 'theirs');
  await utimes(path.join(folder, 'mine.json'), new Date(), new Date(Date.now() + 5000));
  const refused = await host.call('document/write', { path: 'mine.json', text: 'new', expectedModified: modified });
  expect(refused).toMatchObject({ ok: false, problem: { code: 'file/changed' } });
  const saveAs = await host.call('document/write', { path: 'mine.json', text: 'new', expectedModified: null });
  expect(saveAs).toMatchObject({ ok: false, problem: { code: 'file/exists' } });
  expect(await readFile(path.join(folder, 'mine.json'), 'utf8')).toBe('theirs');
});

test('a document that is not there is said not to be', async () => {
  const answer = await host.call('document/read', { path: 'nothing.json' });
  expect(answer).toMatchObject({ ok: false, problem: { code: 'file/missing' } });
  if (!answer.ok) expect(answer.problem.message).toContain('nothing.json');
});

test('the data sets that can be learnt from are listed', async () => {
  const { dataSets } = await value('data/list', {});
  expect(dataSets.map(({ id }) => id)).toEqual([
    'digits',
    'shapes',
    'shape-masks',
    'licence-text',
    'tic-tac-toe',
    'friedman',
  ]);
  for (const { id, inputs, targets, licence } of dataSets) {
    expect([id, inputs.length > 0, targets.length > 0, licence.length > 10]).toEqual([id, true, true, true]);
  }
});

test('a network with errors is not trained, and the reason is told', async () => {
  const document = {
    format: 'skipwire/document@1',
    name: 'Broken',
    graph: { nodes: { relu: { op: 'relu' } } },
  } as const;
  const answer = await host.call('run/start', { document });
  expect(answer).toMatchObject({ ok: false, problem: { code: 'document/has-errors' } });
  expect(await value('run/list', {})).toEqual({ runs: [] });
});

test('stopping a run that is not going on is a problem, not a bug', async () => {
  expect(await host.call('run/stop', { run: 'nothing' })).toMatchObject({
    ok: false,
    problem: { code: 'run/not-running' },
  });
});
