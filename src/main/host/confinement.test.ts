import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { calls, type CallInput, type CallName } from '../../contract/contract.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { lowerDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { weightVariables } from '../../graph-engine/lower/weightVariables.ts';
import { encodeSafetensors } from '../../graph-engine/targets/safetensors/safetensors.ts';
import { productRoot } from '../files/productRoot.ts';
import { withStoredWeights } from '../files/storedWeights.ts';
import { createHost, type Host } from './createHost.ts';

let folder: string;
let outside: string;
let host: Host;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-confined-'));
  outside = path.join(folder, 'outside');
  await mkdir(outside);
  await writeFile(path.join(outside, 'net.json'), await template());
  await writeFile(path.join(outside, 'net.onnx'), 'no model');
  host = await createHost({ workspace: path.join(folder, 'workspace') });
  await symlink(outside, path.join(host.workspace.root, 'out'));
});
afterAll(async () => {
  await host.dispose();
  await rm(folder, { recursive: true });
});

const template = (): Promise<string> =>
  readFile(path.join(productRoot, 'templates', 'networks', 'first-residual.json'), 'utf8');

async function network() {
  const loaded = loadDocument(await template());
  if (!loaded.ok) throw new Error('The template cannot be loaded');
  return loaded.value;
}

type Escapes = { readonly [Name in CallName]?: (escape: string) => Promise<CallInput<Name>> | CallInput<Name> };
const ordered = async (path: string) => ({ document: await network(), run: null, path, overwrite: true });

/** Every request that names a place in the workspace, sent through a link that leads out of it. */
const escapes: Escapes = {
  'workspace/list': () => ({ folder: 'out' }),
  'document/read': (path) => ({ path: `${path}.json` }),
  'document/write': (path) => ({ path: `${path}.json`, text: '{}' }),
  'document/check': (path) => ({ paths: [`${path}.json`] }),
  'document/versions': (path) => ({ path: `${path}.json` }),
  'document/version': (path) => ({ path: `${path}.json`, revision: 'abcd' }),
  'data/inspect': (path) => ({ path }),
  'data/check': (path) => ({ path }),
  'data/samples': (path) => ({ path, count: 1 }),
  'data/download': (folder) => ({ id: 'mnist', folder }),
  'data/receive': (path) => ({ path, offset: 0, piece: '', last: true }),
  'engine/install': (path) => ({ wheel: `${path}.whl` }),
  'run/export-csv': (path) => ({ runs: ['first'], path, overwrite: true }),
  'run/export-tensorboard': (folder) => ({ runs: ['first'], folder }),
  'export/onnx': ordered,
  'export/source': async (path) => ({ ...(await ordered(path)), framework: 'pytorch' }),
  'export/weights': ordered,
  'export/saved-model': ordered,
  'export/graph-model': ordered,
  'export/layers-model': ordered,
  'import/model': (path) => ({ path: `${path}.onnx` }),
  'weights/match': async (path) => ({ document: await network(), path: `${path}.safetensors` }),
  'weights/take': async (path) => ({ document: await network(), path: `${path}.safetensors` }),
};
/** Requests whose paths are not places of files, or whose places nobody touches. */
const harmless: readonly string[] = ['export/cancel', 'import/cancel', 'journal/write', 'probe/read', 'run/histograms'];

test('every request that names a place of the workspace is tried here', () => {
  const named = Object.entries(calls).flatMap(([name, { input }]) => {
    const { properties = {} } = z.toJSONSchema(input, { unrepresentable: 'any', io: 'input' });
    return ['path', 'paths', 'folder', 'file', 'wheel'].some((key) => key in properties) ? [name] : [];
  });
  expect(named.toSorted()).toEqual([...Object.keys(escapes), ...harmless].toSorted());
});

test.each(Object.keys(escapes))('%s does not follow a link out of the workspace', async (name) => {
  const input = await escapes[name as CallName]?.('out/net');
  expect(await host.call(name, input)).toMatchObject({ ok: false, problem: { code: 'file/outside-workspace' } });
  expect((await readdir(outside)).toSorted()).toEqual(['net.json', 'net.onnx']);
});

test('a network does not begin with weights that a link of the workspace leads to', async () => {
  const document = { ...(await network()), weights: 'out/weights.safetensors' };
  const lowered = lowerDocument(document);
  if (!lowered.ok) throw new Error('The template cannot be lowered');
  const variables = weightVariables(document, inferDocument(document).root);
  const tensors = Object.fromEntries(
    variables.map(({ name, dims }) => {
      const size = dims.reduce((product, dim) => product * dim, 1);
      return [name, { dims, data: new Float32Array(size) }] as const;
    }),
  );
  const file = path.join(outside, 'weights.safetensors');
  await writeFile(file, encodeSafetensors({ tensors, metadata: {} }));
  await expect(withStoredWeights(document, lowered.value, host.workspace.root)).rejects.toMatchObject({
    problem: { code: 'weights/outside' },
  });
  await rm(file);
});
