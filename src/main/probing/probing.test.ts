import { copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CallInput, CallName } from '../../contract/contract.ts';
import { loadDocument } from '../../graph-engine/document/loadDocument.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { lowerProbe } from '../../graph-engine/lower/lowerProbe.ts';
import { createInterpreter } from '../../graph-engine/program/interpreter/createInterpreter.ts';
import { readValue } from '../../graph-engine/probe/readValue.ts';
import { createHost, type Host } from '../host/createHost.ts';
import { productRoot } from '../files/productRoot.ts';
import { digits } from '../datasets/digits.ts';
import { encodeSafetensors, decodeSafetensors } from '../../graph-engine/targets/safetensors/safetensors.ts';
import { createProbeClient } from './probeClient.ts';

// A real engine process, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 180_000 });

let workspace: string;
let host: Host;

beforeAll(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'skipwire-probing-'));
  host = await createHost({ workspace });
});
afterAll(async () => {
  await host.dispose();
  await rm(workspace, { recursive: true });
});

async function network(name = 'first-residual'): Promise<SkipwireDocument> {
  const loaded = loadDocument(await readFile(path.join(productRoot, 'templates', 'networks', `${name}.json`), 'utf8'));
  if (!loaded.ok) throw new Error('The template cannot be loaded');
  return loaded.value;
}

async function value<Name extends CallName>(name: Name, input: CallInput<Name>) {
  const answer = await host.call(name, input);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

async function problem<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<string> {
  const answer = await host.call(name, input);
  return answer.ok ? 'no problem' : answer.problem.code;
}

const initial = { kind: 'initial' } as const;

describe('a real sample through the net', () => {
  test('has its label and picture, and can be searched for', async () => {
    const opened = await value('probe/open', { document: await network(), weights: initial });
    expect(opened).toMatchObject({ data: 'Handwritten digits', samples: 1797, choices: { output: [...'0123456789'] } });
    const { session } = opened;
    const { samples, total } = await value('probe/samples', { session, from: 5, count: 3 });
    expect(total).toBe(1797);
    expect(samples.map(({ number }) => number)).toEqual([5, 6, 7]);
    const labels = (await digits().load()).targets[0] ?? [];
    expect(samples.map(({ label }) => label)).toEqual([5, 6, 7].map((sample) => String(labels[sample])));
    expect(samples[0]?.picture).toMatchObject({ kind: 'image', width: 8, height: 8, channels: 1 });
    const sevens = await value('probe/samples', { session, from: 0, count: 200, search: '7' });
    expect(sevens.samples.every(({ label, number }) => label === '7' || number === 7)).toBe(true);
    expect(sevens.total).toBeGreaterThan(100);
  });

  test('is at every node what the reference says, to single precision', async () => {
    const document = await network();
    const { session } = await value('probe/open', { document, weights: initial });
    const lowered = lowerProbe(document);
    if (!lowered.ok) throw new Error('The template has errors');
    const pixels = (await digits().load()).inputs[0] ?? new Float32Array();
    const image = { dims: [1, 8, 8, 1], data: Float64Array.from(pixels.subarray(64 * 3, 64 * 4)) };
    const interpreter = createInterpreter(lowered.value.program, {
      seed: document.training.seed,
      precision: 'float64',
    });
    const expected = interpreter.run('probe', { 'inputs/input': image });
    const paths = [...new Set(lowered.value.values.map(({ path: one }) => one))];
    const { values } = await value('probe/read', { session, sample: 3, view: 'test', detail: 'whole', paths });
    expect(values).toHaveLength(lowered.value.values.length);
    for (const { path: one, port, reading } of values) {
      const described = lowered.value.values.find((each) => each.path === one && each.port === port);
      if (described === undefined) throw new Error(`${one} was not asked for`);
      const numbers = Float32Array.from(expected[`${one}/${port}`]?.data ?? []);
      const reference = readValue(numbers, described.type, { detail: 'whole', style: 'tiles' });
      const scale = Math.max(Math.abs(reference.statistics.minimum), Math.abs(reference.statistics.maximum));
      for (const fact of ['minimum', 'maximum', 'mean', 'deviation'] as const) {
        // Sums of a few hundred products in single precision.
        expect(Math.abs(reading.statistics[fact] - reference.statistics[fact]), `${one} ${fact}`).toBeLessThan(
          1e-5 * scale,
        );
      }
      expect(reading.channels, one).toEqual(reference.channels);
    }
    const answer = values.find(({ path: one, port }) => one === 'output' && port === 'probabilities')?.reading.answer;
    expect(answer?.kind === 'choices' && answer.shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  test('goes another way when a node is passed by, for this look alone', async () => {
    const { session } = await value('probe/open', { document: await network(), weights: initial });
    const read = async (lesions: CallInput<'probe/read'>['lesions']) => {
      const { values } = await value('probe/read', { session, sample: 0, view: 'test', lesions, paths: ['output'] });
      return values[0]?.reading.statistics.maximum;
    };
    const whole = await read([]);
    expect(await read([{ path: 'bn2', how: 'mute' }])).not.toBe(whole);
    expect(await read([])).toBe(whole);
    const refused = { session, sample: 0, view: 'test', paths: ['output'] };
    expect(await problem('probe/read', { ...refused, lesions: [{ path: 'dense', how: 'bypass' }] })).toBe(
      'probe/cannot-bypass',
    );
    expect(await problem('probe/read', { ...refused, sample: 5000 })).toBe('probe/no-such-sample');
    expect(await problem('probe/read', { ...refused, session: 'another' })).toBe('probe/no-session');
  });

  test('of text has the weights of attention as a picture, and the tokens that would come next', async () => {
    const { session, choices } = await value('probe/open', { document: await network('mini-gpt'), weights: initial });
    const { samples } = await value('probe/samples', { session, from: 0, count: 1 });
    expect(samples[0]?.picture).toMatchObject({ kind: 'text' });
    const { values } = await value('probe/read', {
      session,
      sample: 0,
      view: 'test',
      detail: 'whole',
      paths: ['decoder[0].attention', 'output'],
    });
    const map = values.find(({ port }) => port === 'attention')?.reading;
    expect(map?.picture.kind).toBe('tiles');
    // Each row of shares sums to one, so the mean is one by the number of keys.
    const keys = map?.axes.at(-1)?.size ?? 1;
    expect(map?.statistics.mean).toBeCloseTo(1 / keys, 6);
    const answer = values.find(({ path: one }) => one === 'output')?.reading.answer;
    expect(answer?.kind === 'tokens' && answer.tokens.length).toBe(keys);
    expect(choices['output']).toHaveLength(96);
  });
});

describe('weights of a run', () => {
  test('are looked at as they were saved last, and again when they have changed', async () => {
    const document = await network();
    const lowered = lowerProbe(document);
    if (!lowered.ok) throw new Error('The template has errors');
    const checkpoints = path.join(workspace, 'runs', 'first', 'checkpoints');
    await mkdir(checkpoints, { recursive: true });
    const weights = { kind: 'run', run: 'first', which: 'last' } as const;
    expect(await problem('probe/open', { document, weights })).toBe('run/no-weights');
    const tensors = Object.fromEntries(
      lowered.value.program.variables.map(({ name, dims }) => [
        name,
        { dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(name === 'dense.bias' ? 2 : 0) },
      ]),
    );
    const file = path.join(checkpoints, 'last.safetensors');
    await writeFile(file, encodeSafetensors({ tensors, metadata: { format: 'skipwire/checkpoint@1', epoch: '3' } }));
    const first = await value('probe/open', { document, weights });
    const read = async (session: string) =>
      (await value('probe/read', { session, sample: 0, view: 'test', paths: ['dense'] })).values[0]?.reading.statistics;
    expect(await read(first.session)).toMatchObject({ minimum: 2, maximum: 2 });

    tensors['dense.bias']?.data.fill(5);
    await writeFile(file, encodeSafetensors({ tensors, metadata: { format: 'skipwire/checkpoint@1', epoch: '4' } }));
    await utimes(file, new Date(), new Date(Date.now() + 5000));
    const second = await value('probe/open', { document, weights });
    expect(second.session).not.toBe(first.session);
    expect(await read(second.session)).toMatchObject({ minimum: 5, maximum: 5 });
    expect(decodeSafetensors(await readFile(file)).ok).toBe(true);
  });

  test('of another network are refused', async () => {
    await mkdir(path.join(workspace, 'runs', 'other', 'checkpoints'), { recursive: true });
    await copyFile(
      path.join(workspace, 'runs', 'first', 'checkpoints', 'last.safetensors'),
      path.join(workspace, 'runs', 'other', 'checkpoints', 'best.safetensors'),
    );
    const weights = { kind: 'run', run: 'other', which: 'best' } as const;
    const { session } = await value('probe/open', { document: await network('resnet-20'), weights });
    expect(await problem('probe/read', { session, sample: 0, view: 'test', paths: ['dense'] })).toBe(
      'weights/other-network',
    );
  });
});

test('a network with errors says why there is nothing to see', async () => {
  const document = structuredClone(await network());
  for (const node of Object.values(document.graph.nodes)) if ('op' in node && node.op === 'dense') node.inputs = {};
  expect(await problem('probe/open', { document, weights: initial })).toBe('document/has-errors');
});

test('a question that was overtaken is not answered in full', async () => {
  const document = await network('resnet-56');
  const { session } = await value('probe/open', { document, weights: initial });
  const lowered = lowerProbe(document);
  if (!lowered.ok) throw new Error('The template has errors');
  const paths = [...new Set(lowered.value.values.map(({ path: one }) => one))].slice(0, 300);
  const ask = (one: readonly string[], sample: number) =>
    value('probe/read', { session, sample, view: 'canvas', paths: [...one] });
  const [first, second, third] = await Promise.all([ask(paths, 1), ask(paths, 2), ask(['output'], 3)]);
  expect([first.superseded, second.superseded, third.superseded]).toEqual([true, true, false]);
  expect(first.values.length).toBeLessThan(lowered.value.values.length);
  expect(second.values).toEqual([]);
  expect(third.values.map(({ path: one }) => one)).toContain('output');
});

test('an engine process that dies is followed by another', async () => {
  const client = createProbeClient();
  const target = { document: await network(), network: 'n', weights: { seed: 1 }, weightsKey: 'w', lesions: [] };
  expect((await client.describe(target)).samples).toBe(1797);
  const dying = client.describe({ ...target, network: 'm' });
  client.kill();
  await expect(dying).rejects.toThrow(/could not be looked at/);
  expect((await client.describe(target)).samples).toBe(1797);
  await client.dispose();
});
