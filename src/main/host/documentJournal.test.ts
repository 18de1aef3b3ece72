import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../../contract/contract.ts';
import { openWorkspace, type WorkspaceFolder } from '../files/workspaceFolder.ts';
import { createDocumentJournal, type DocumentJournal } from './documentJournal.ts';
import { COMES_BACK } from './journalHolders.ts';

/* Two people at one host: whose unsaved work is offered to whom. */

let folder: string;
let workspace: WorkspaceFolder;
let journal: DocumentJournal;
let time: number;
const now = (): number => time;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-left-'));
  workspace = await openWorkspace(folder);
  time = 1_000_000;
  journal = createDocumentJournal(workspace, now);
});
afterEach(() => rm(folder, { recursive: true }));

/** A connection of the editor of this name. */
function connect(editor: string): { caller: Caller; editor: string; breakOff: () => void } {
  const connection = new AbortController();
  const caller: Caller = {
    isGone: () => connection.signal.aborted,
    onGone: (listener) => connection.signal.addEventListener('abort', listener, { once: true }),
  };
  return { caller, editor, breakOff: () => connection.abort() };
}
type Connection = ReturnType<typeof connect>;

const draw = ({ caller, editor }: Connection, id: string, text = '{}') =>
  journal.write({ id, name: id, file: null, text, editor }, caller);
const offered = async ({ caller, editor }: Connection) => {
  const { entries, again } = await journal.list({ editor }, caller);
  return { ids: entries.map(({ id, isOpen }) => (isOpen ? `${id}, open` : id)), again };
};

test('the work of an editor that is connected is offered to nobody else, can be read and thrown away by nobody else', async () => {
  const [ada, ben] = [connect('ada'), connect('ben')];
  await draw(ada, 'net');
  expect(await offered(ben)).toEqual({ ids: [], again: null });
  const refusal = { problem: { code: 'journal/open-elsewhere' } };
  await expect(journal.read({ id: 'net' }, ben.caller)).rejects.toMatchObject(refusal);
  await expect(journal.remove({ id: 'net' }, ben.caller)).rejects.toMatchObject(refusal);
  // Windows of one browser know of one another, and of what a window of theirs had when it died.
  expect(await offered(connect('ada'))).toEqual({ ids: ['net, open'], again: null });
  time += 10 * COMES_BACK;
  expect((await offered(ben)).ids).toEqual([]);
});

test('an editor whose connection breaks comes back to its work; meanwhile it is offered to nobody else', async () => {
  const [ada, ben] = [connect('ada'), connect('ben')];
  await draw(ada, 'net');
  ada.breakOff();
  time += COMES_BACK - 1000;
  expect(await offered(ben)).toEqual({ ids: [], again: 1000 });
  const again = connect('ada');
  expect((await offered(again)).ids).toEqual(['net']);
  await draw(again, 'net', '{"more":1}');
  time += COMES_BACK;
  expect(await offered(ben)).toEqual({ ids: [], again: null });
});

test('what an editor leaves for good is offered to the others, once it has not come back; it loses nothing when it does', async () => {
  const [ada, ben] = [connect('ada'), connect('ben')];
  await draw(ada, 'net', '{"mine":1}');
  await draw(ada, 'saved');
  await journal.remove({ id: 'saved' }, ada.caller);
  ada.breakOff();
  // A request that was on its way when the connection broke holds nothing.
  await draw(ada, 'net', '{"mine":1}');
  time += COMES_BACK;
  expect(await offered(ben)).toEqual({ ids: ['net'], again: null });
  expect((await journal.read({ id: 'net' }, ben.caller)).text).toBe('{"mine":1}');
  await draw(ben, 'net-of-ben', '{"mine":1}');
  await journal.remove({ id: 'net' }, ben.caller);
  const again = connect('ada');
  await draw(again, 'net', '{"mine":2}');
  expect((await offered(again)).ids).toEqual(['net, open']);
  expect((await offered(ben)).ids).toEqual(['net-of-ben, open']);
});

test('after the host was started anew everybody has time to come back, and who left the work has it at once', async () => {
  await draw(connect('ada'), 'net');
  time += 500;
  journal = createDocumentJournal(workspace, now);
  const ben = connect('ben');
  expect(await offered(ben)).toEqual({ ids: [], again: COMES_BACK });
  expect((await offered(connect('ada'))).ids).toEqual(['net']);
  time += COMES_BACK;
  expect((await offered(ben)).ids).toEqual(['net']);
});
