import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ModelImportProgress } from '../../contract/imports.ts';
import { ModelProtoSchema } from '../../graph-engine/targets/protobuf/generated/onnx_pb.js';
import { productRoot } from '../files/productRoot.ts';
import { createHost, type Host } from '../host/createHost.ts';
import { importInProcess } from './importInProcess.ts';

// A real process, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let workspace: string;
let host: Host;
beforeEach(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'skipwire-importing-'));
  host = await createHost({ workspace });
});
afterEach(async () => {
  await host.dispose();
  await rm(workspace, { recursive: true });
});

test('a model is brought in by a process of its own, which says what it does', async () => {
  await copyFile(
    path.join(productRoot, 'tests/fixtures/onnx/residual-dynamo.onnx'),
    path.join(workspace, 'residual.onnx'),
  );
  const stages: ModelImportProgress['stage'][] = [];
  host.onEvent((event) => {
    if (event.event === 'importing') stages.push(event.payload.stage);
  });
  const answer = await host.call('import/model', { path: 'residual.onnx' });
  expect(answer).toMatchObject({
    ok: true,
    value: { path: 'residual.json', weightsPath: 'residual.safetensors', report: { kept: [], blocks: 1 } },
  });
  expect([...new Set(stages)]).toEqual(['reading', 'shapes', 'drawing', 'writing']);
  const names = (await readdir(workspace)).filter((name) => name !== '.skipwire').toSorted();
  expect(names).toEqual(['residual.json', 'residual.onnx', 'residual.safetensors']);
});

test('while a large model is read the host answers, and the import can be called off', async () => {
  await writeFile(path.join(workspace, 'long.onnx'), chainOf(60_000));
  const begun = new Promise<void>((resolve) => {
    host.onEvent((event) => {
      if (event.event === 'importing' && event.payload.stage === 'shapes') resolve();
    });
  });
  const importing = host.call('import/model', { path: 'long.onnx' });
  await begun;
  expect(await host.call('document/check', { paths: ['long.json'] })).toMatchObject({ ok: true });
  // Were the host busy itself, the import would be over by now.
  expect(await host.call('import/cancel', { path: 'long.onnx' })).toEqual({ ok: true, value: { running: true } });
  expect(await importing).toMatchObject({ ok: false, problem: { code: 'import/cancelled' } });
  expect(await host.call('import/cancel', { path: 'long.onnx' })).toEqual({ ok: true, value: { running: false } });
  expect((await readdir(workspace)).filter((name) => name !== '.skipwire')).toEqual(['long.onnx']);
});

test('an import that needs too much memory, or says nothing, is a message, and leaves nothing behind', async () => {
  const file = path.join(workspace, 'long.onnx');
  await writeFile(file, chainOf(60_000));
  const order = { file, document: path.join(workspace, 'long.json'), workspace, overwrite: false };
  await expect(importInProcess(order, { heap: 32 })).rejects.toMatchObject({ problem: { code: 'import/died' } });
  await expect(importInProcess(order, { patience: 1 })).rejects.toMatchObject({ problem: { code: 'import/hangs' } });
  expect((await readdir(workspace)).filter((name) => name !== '.skipwire')).toEqual(['long.onnx']);
  expect(await host.call('document/check', { paths: ['long.json'] })).toMatchObject({ ok: true });
});

/** A model of so many operators in a row. */
function chainOf(count: number): Uint8Array {
  const dim = [2n, 3n].map((value) => ({ value: { case: 'dimValue' as const, value } }));
  const type = { value: { case: 'tensorType' as const, value: { elemType: 1, shape: { dim } } } };
  const node = Array.from({ length: count }, (_, i) => ({ opType: 'Relu', input: [`v${i}`], output: [`v${i + 1}`] }));
  const graph = { node, input: [{ name: 'v0', type }], output: [{ name: `v${count}`, type }] };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 10n, opsetImport: [{ version: 21n }], graph }),
  );
}
