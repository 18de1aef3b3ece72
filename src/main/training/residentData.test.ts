import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EpochMetrics } from '../../contract/run.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { SAMPLE_NUMBERS } from '../../graph-engine/program/residentTables.ts';
import { linearDigits } from '../../graph-engine/testing/linearDigits.ts';
import type { CompiledProgram, Executor, NamedTensors } from '../executors/compiledProgram.ts';
import { openTensorflowExecutor } from '../executors/tensorflowExecutor.ts';
import { openWasmExecutor } from '../executors/wasm/wasmExecutor.ts';
import { hasSoftwareAdapter, useSoftwareAdapter } from '../executors/webgpu/testing/softwareAdapter.ts';
import { openWebgpuExecutor } from '../executors/webgpu/webgpuExecutor.ts';
import { furthestCheckpoint } from './checkpointFiles.ts';
import { readCheckpoint } from './checkpoints.ts';
import { trainDocument } from './engineTasks.ts';

const engines: Record<string, Executor> = {};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-resident-'));
  engines['tensorflow'] = await openTensorflowExecutor();
  engines['wasm'] = await openWasmExecutor();
  if (!hasSoftwareAdapter()) return;
  useSoftwareAdapter();
  engines['webgpu'] = await openWebgpuExecutor();
});
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.dispose();
  await rm(folder, { recursive: true });
});

/** An executor on which data may stay, and what was fed to it. */
function watched(executor: Executor, roomForData: number | undefined) {
  const fed = new Map<string, Set<string>>();
  const note = (entry: string, feeds: NamedTensors): void => {
    fed.set(entry, new Set([...(fed.get(entry) ?? []), ...Object.keys(feeds)]));
  };
  const watch = (compiled: CompiledProgram): CompiledProgram => ({
    ...compiled,
    run(entry, feeds, fetches) {
      note(entry, feeds);
      return compiled.run(entry, feeds, fetches);
    },
    ...(compiled.queue !== undefined && {
      queue: {
        ...compiled.queue,
        run(entry: string, feeds: NamedTensors, fetches?: readonly string[]) {
          note(entry, feeds);
          return (compiled.queue ?? compiled).run(entry, feeds, fetches);
        },
      },
    }),
  });
  const { roomForData: _own, ...rest } = executor;
  return {
    fed: (entry: string) => [...(fed.get(entry) ?? [])].sort(),
    executor: {
      ...rest,
      ...(roomForData !== undefined && { roomForData }),
      compile: async (program, options) => watch(await executor.compile(program, options)),
    } satisfies Executor,
  };
}

interface Told {
  readonly epochs: readonly EpochMetrics[];
  readonly notices: readonly string[];
}

async function trained(
  executor: Executor,
  document: SkipwireDocument,
  run: string,
  until = Number.POSITIVE_INFINITY,
): Promise<Told> {
  const epochs: EpochMetrics[] = [];
  const notices: string[] = [];
  await trainDocument(
    executor,
    { kind: 'train', document, folder: path.join(folder, run) },
    {
      onNotice: (text) => notices.push(text),
      onBegun: () => undefined,
      onMetrics(entry) {
        if (entry.kind === 'epoch') epochs.push(entry);
      },
      wish: () => (epochs.length >= until ? 'leave' : 'go-on'),
    },
  );
  return { epochs, notices };
}

function figuresOf({ epochs }: Told) {
  return epochs.map(({ elapsed: _elapsed, ...figures }) => figures);
}

test.each([
  { engine: 'tensorflow', title: 'plain', changes: {} },
  { engine: 'wasm', title: 'plain', changes: {} },
  {
    engine: 'wasm',
    title: 'gathered gradients and mixed samples',
    changes: { accumulate: 2, mixing: { kind: 'mixup' as const, alpha: 0.2 } },
  },
  {
    engine: 'tensorflow',
    title: 'augmented',
    changes: { augmentation: { crop: { padding: 1, fill: 'black' as const } } },
  },
  ...(hasSoftwareAdapter()
    ? [
        {
          engine: 'webgpu',
          title: 'calls that are told again, in a queue',
          changes: { epochs: 1, averaging: { kind: 'ema' as const, decay: 0.9 } },
        },
      ]
    : []),
])(
  'on $engine, samples that stay on the device teach what samples that are fed teach: $title',
  async ({ engine, title, changes }) => {
    const executor = engines[engine];
    if (executor === undefined) throw new Error(`There is no ${engine}`);
    const document = linearDigits({ epochs: 2, ...changes });
    const fed = await trained(watched(executor, undefined).executor, document, `${engine}-${title}-fed`);
    const device = watched(executor, 1e9);
    const resident = await trained(device.executor, document, `${engine}-${title}-resident`);
    expect(figuresOf(resident)).toEqual(figuresOf(fed));
    expect(resident.notices.join()).toMatch(/The data set, 0\.5 MB, stays on/);
    expect(device.fed('evaluate')).toEqual([SAMPLE_NUMBERS]);
    expect(device.fed('train').includes(SAMPLE_NUMBERS)).toBe(!('augmentation' in changes));
  },
);

test('a run that is left goes on with the data elsewhere, and its checkpoint holds none of them', async () => {
  const executor = engines['wasm'];
  if (executor === undefined) throw new Error('There is no engine');
  const document = linearDigits({ epochs: 2 });
  const whole = await trained(watched(executor, undefined).executor, document, 'whole');
  const begun = await trained(watched(executor, 1e9).executor, document, 'left', 1);
  const { name } = await furthestCheckpoint(path.join(folder, 'left', 'checkpoints'));
  const tensors = await readCheckpoint(path.join(folder, 'left', 'checkpoints', `${name}.safetensors`));
  expect(Object.keys(tensors)).toContain('scores.kernel');
  expect(Object.keys(tensors).filter((name) => name.startsWith('data/'))).toEqual([]);
  const rest = await trained(watched(executor, undefined).executor, document, 'left');
  expect(figuresOf({ ...whole, epochs: [...begun.epochs, ...rest.epochs] })).toEqual(figuresOf(whole));
});

test('data that do not fit are fed', async () => {
  const executor = engines['wasm'];
  if (executor === undefined) throw new Error('There is no engine');
  const device = watched(executor, 1e5);
  const { notices } = await trained(device.executor, linearDigits({ epochs: 1 }), 'small');
  expect(notices.join()).not.toMatch(/stays on/);
  expect(device.fed('train')).not.toContain(SAMPLE_NUMBERS);
});
