import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EngineDevice, EngineId } from '../../contract/engines.ts';
import type { EngineKind } from './engineKind.ts';
import { createEngineRegistry, type RegistryOptions } from './engineRegistry.ts';
import type { ProbeReply } from './probeEngine.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'skipwire-registry-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An engine that is there. */
function kind(id: EngineId, more: Partial<EngineKind> = {}): EngineKind {
  return {
    id,
    title: id.toUpperCase(),
    summary: `The engine ${id}.`,
    locate: async () => ({ ok: true, value: { version: '1.0', fingerprint: id } }),
    open: () => Promise.reject(new Error('A host never opens an engine')),
    ...more,
  };
}

function passed(gflops: number, device: EngineDevice['kind'] = 'processor'): ProbeReply {
  return { state: 'passed', measurement: { name: 'x', threads: 2, device: { name: 'Silicon', kind: device }, gflops } };
}

const crashed: ProbeReply = {
  state: 'failed',
  problem: { code: 'engine/crashes', message: 'It crashed.', remedy: 'Choose another.' },
};

/** A registry of engines with what comes of trying them out; `probed` lists which were. */
function registry(replies: Partial<Record<EngineId, ProbeReply>>, options: RegistryOptions = {}) {
  const probed: EngineId[] = [];
  const engines = createEngineRegistry({
    kinds: (Object.keys(replies) as EngineId[]).map((id) => kind(id)),
    cacheFile: path.join(folder, 'engines', 'probes.json'),
    async probe({ id }) {
      probed.push(id);
      return replies[id] ?? crashed;
    },
    ...options,
  });
  return { engines, probed };
}

test('the fastest engine that passes trains; one that crashed is told, and software that plays a GPU is left out', async () => {
  const { engines } = registry({
    cuda: crashed,
    webgpu: passed(900, 'software'),
    tensorflow: passed(80),
    wasm: passed(4),
  });
  const { engines: found, choice } = await engines.measured();
  expect(choice).toMatchObject({ engine: 'tensorflow', reason: 'The fastest that works here.' });
  expect(found.map(({ id, state }) => [id, state])).toEqual([
    ['cuda', 'broken'],
    ['webgpu', 'ready'],
    ['tensorflow', 'ready'],
    ['wasm', 'ready'],
  ]);
  expect(found[0]).toMatchObject({ detail: 'It crashed.', remedy: 'Choose another.' });
  expect(found[1]?.detail).toContain('only plays a graphics processor');
  expect(engines.current()?.variables).toEqual({ SKIPWIRE_ENGINE: 'tensorflow' });
});

test('what was measured is not measured at the next start, but a new version is', async () => {
  const replies = { tensorflow: passed(80), wasm: passed(4) };
  await registry(replies).engines.measured();
  const second = registry(replies);
  // Known before anything is measured.
  expect((await second.engines.look()).choice.engine).toBe('tensorflow');
  await second.engines.measured();
  expect(second.probed).toEqual([]);

  const newer = kind('tensorflow', { locate: async () => ({ ok: true, value: { version: '2.0', fingerprint: 'x' } }) });
  const third = registry(replies, { kinds: [newer, kind('wasm')] });
  expect((await third.engines.look()).engines[0]).toMatchObject({ id: 'tensorflow', state: 'probing' });
  await third.engines.measured();
  expect(third.probed).toEqual(['tensorflow']);
  await third.engines.measured('wasm');
  expect(third.probed).toEqual(['tensorflow', 'wasm']);
});

test('a failure is tried again after a day, and before that when the user asks', async () => {
  await registry({ webgpu: crashed }).engines.measured();
  const again = registry({ webgpu: passed(5, 'graphics') });
  await again.engines.measured();
  expect(again.probed).toEqual([]);
  expect((await again.engines.measured('all')).choice.engine).toBe('webgpu');
});

test('who names an engine gets that one or is told why not, never another', async () => {
  const replies = { cuda: crashed, tensorflow: passed(80), wasm: passed(4) };
  const { engines } = registry(replies, { wish: { engine: 'wasm' } });
  expect((await engines.measured()).choice).toMatchObject({ engine: 'wasm', reason: 'You have chosen WASM.' });
  const { choice } = await engines.wish({ engine: 'cuda' });
  expect(choice.engine).toBeNull();
  expect(choice.reason).toBe('You have chosen CUDA, which cannot be used: It crashed.');
  expect(await engines.engineFor()).toMatchObject({ ok: false, problem: { message: choice.reason } });
  expect(await engines.engineFor('tensorflow')).toMatchObject({ ok: true, value: { id: 'tensorflow' } });
  expect(await engines.engineFor('webgpu')).toMatchObject({ ok: false, problem: { code: 'engine/none' } });
});

test('before anything is measured the native engine trains, and without it the one that comes along', async () => {
  const { engines } = registry({ webgpu: passed(9), tensorflow: passed(80), wasm: passed(4) });
  expect((await engines.look()).choice.engine).toBe('tensorflow');
  const problem = { code: 'engine/not-installed', message: 'It is not installed.', remedy: 'Install it.' };
  const missing = kind('tensorflow', { locate: async () => ({ ok: false, problem }) });
  const bare = registry({ wasm: passed(4) }, { kinds: [missing, kind('wasm')] });
  const { engines: found, choice } = await bare.engines.look();
  expect(choice.engine).toBe('wasm');
  expect(found[0]).toMatchObject({ state: 'missing', detail: 'It is not installed.', remedy: 'Install it.' });
});

test('one of several graphics processors is chosen by its number', async () => {
  const devices = ['0', '1'].map((index) => ({ index, name: `GPU ${index}`, kind: 'graphics' }) as const);
  const cuda = kind('cuda', {
    locate: async () => ({ ok: true, value: { version: '1', fingerprint: '', environment: { FIRST: '0' }, devices } }),
    chooseDevice: (index) => ({ FIRST: index }),
  });
  const { engines } = registry({ cuda: passed(900, 'graphics') }, { kinds: [cuda] });
  await engines.measured();
  expect(engines.current()?.variables).toEqual({ FIRST: '0', SKIPWIRE_ENGINE: 'cuda' });
  await engines.wish({ engine: 'cuda', device: '1' });
  expect(engines.current()?.variables).toEqual({ FIRST: '1', SKIPWIRE_ENGINE: 'cuda' });
});
