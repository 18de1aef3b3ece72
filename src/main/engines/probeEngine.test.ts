import path from 'node:path';
import { expect, test } from 'vitest';
import { productRoot } from '../files/productRoot.ts';
import { probeEngine, type ProbeReply } from './probeEngine.ts';

const program = path.join(productRoot, 'src', 'main', 'engines', 'testing', 'fakeProbe.mjs');

/** Tries out an engine that behaves in a given way. */
function probe(behaviour: string, deadline?: number): Promise<ProbeReply> {
  return probeEngine(
    { id: 'cuda', title: 'The engine' },
    { version: '1.0', fingerprint: '', environment: { SKIPWIRE_FAKE: behaviour } },
    { program, ...(deadline !== undefined && { deadline }) },
  );
}

test('what an engine prints beside its answer does no harm', async () => {
  expect(await probe('chatter')).toMatchObject({ state: 'passed', measurement: { name: 'Fake 1.0', gflops: 12 } });
});

test('an engine that crashes, one whose library is missing and one that talks nonsense are results in words', async () => {
  const [crash, missing, nonsense] = await Promise.all([probe('crash'), probe('missing-library'), probe('nonsense')]);
  expect(crash).toMatchObject({
    state: 'failed',
    problem: {
      code: 'engine/crashes',
      message: 'The engine crashed when it was tested (SIGSEGV).',
      received: 'a kernel went astray',
    },
  });
  expect(missing).toMatchObject({
    problem: { code: 'engine/crashes', received: 'libcudnn.so.9: cannot open shared object file' },
  });
  expect(nonsense).toMatchObject({ state: 'failed', problem: { code: 'engine/crashes' } });
});

test('an engine that hangs is ended at its deadline', async () => {
  expect(await probe('hang', 1_000)).toMatchObject({
    state: 'failed',
    problem: { code: 'engine/hangs', message: 'The engine did not answer within 1 s when it was tested.' },
  });
});
