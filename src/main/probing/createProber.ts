import type { LoweredProbe, ProbedValue } from '../../graph-engine/lower/lowerProbe.ts';
import { lowerProbe } from '../../graph-engine/lower/lowerProbe.ts';
import { elementCount } from '../../graph-engine/core/shape.ts';
import { readValue } from '../../graph-engine/probe/readValue.ts';
import { initialize } from '../../graph-engine/random/initialize.ts';
import type { CompiledProgram, Executor, NamedTensors, TensorData } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { withStoredWeights } from '../files/storedWeights.ts';
import { matchWeights, readCheckpoint } from '../training/checkpoints.ts';
import type { WeightSource } from '../training/engineMessages.ts';
import { groupValues } from './groupValues.ts';
import type { ProbedReading, ProbeOutcome, ProbeTarget, ProbeTask } from './probeMessages.ts';
import { openSamples, type ProbeSamples } from './probeSamples.ts';

/** The samples' side of an engine process: what is compiled and loaded stays for the next question. */
export interface Prober {
  /** Answers a question about samples. `goOn` is asked between parts; once it says no, what there is comes back. */
  answer(task: ProbeTask, goOn: () => boolean): Promise<ProbeOutcome>;
  dispose(): Promise<void>;
}

interface OpenProbe {
  readonly lowered: LoweredProbe;
  readonly samples: ProbeSamples;
  readonly groups: readonly (readonly ProbedValue[])[];
  compiled: CompiledProgram | undefined;
  weightsKey: string | undefined;
  /** The values of the group that was computed last. */
  recent: { readonly key: string; readonly values: NamedTensors } | undefined;
}

/** A network with and without a lesion, and the one before. */
const KEPT = 3;

/** Looks at samples with an engine that is in this process. */
export function createProber(executor: Executor): Prober {
  const probes = new Map<string, OpenProbe>();

  async function probeOf(target: ProbeTarget): Promise<OpenProbe> {
    const key = JSON.stringify([target.network, target.lesions]);
    const known = probes.get(key);
    probes.delete(key);
    const probe = known ?? (await openProbe(target));
    probes.set(key, probe);
    for (const [old, { compiled }] of probes) {
      if (probes.size <= KEPT) break;
      probes.delete(old);
      await compiled?.dispose();
    }
    return probe;
  }

  async function compiledOf(probe: OpenProbe, target: ProbeTarget): Promise<CompiledProgram> {
    const { document, weights, weightsKey } = target;
    const compiled = (probe.compiled ??= await executor.compile(probe.lowered.program, {
      seed: document.training.seed,
    }));
    if (probe.weightsKey !== weightsKey) {
      await compiled.writeVariables(await weightsFrom(probe.lowered, weights));
      probe.weightsKey = weightsKey;
      probe.recent = undefined;
    }
    return compiled;
  }

  async function read(task: Extract<ProbeTask, { kind: 'probe/read' }>, goOn: () => boolean): Promise<ProbeOutcome> {
    const { target, sample, paths, wish, raw = false } = task;
    const probe = await probeOf(target);
    const wanted = new Set(paths);
    const readings: ProbedReading[] = [];
    for (const [index, group] of probe.groups.entries()) {
      const asked = group.filter((value) => wanted.has(value.path));
      if (asked.length === 0) continue;
      // Whoever asks for something else now need not wait for the rest.
      await new Promise(setImmediate);
      if (!goOn()) return { kind: 'readings', readings, complete: false };
      const values = await valuesOf(probe, target, sample, index);
      for (const value of asked) readings.push(readOne(probe, value, values, wish, raw));
    }
    return { kind: 'readings', readings, complete: true };
  }

  async function valuesOf(probe: OpenProbe, target: ProbeTarget, sample: number, index: number): Promise<NamedTensors> {
    const key = `${target.weightsKey} ${sample} ${index}`;
    const compiled = await compiledOf(probe, target);
    if (probe.recent?.key !== key) {
      const fetches = (probe.groups[index] ?? []).map(({ fetch }) => fetch);
      probe.recent = undefined;
      try {
        probe.recent = { key, values: await compiled.run('probe', probe.samples.feeds(sample), fetches) };
      } catch (error) {
        // After an error the engine's program is dead; the next question gets a new one.
        if (!(error instanceof HostFailure) || error.problem.code.startsWith('engine/')) {
          probe.compiled = undefined;
          probe.weightsKey = undefined;
        }
        throw error;
      }
    }
    return probe.recent.values;
  }

  return {
    async answer(task, goOn) {
      switch (task.kind) {
        case 'probe/describe': {
          const { samples, lowered } = await probeOf(task.target);
          const { data, count, choices, notices } = samples;
          const paths = [...new Set(lowered.values.map(({ path }) => path))];
          return { kind: 'described', description: { data, samples: count, choices, notices, paths } };
        }
        case 'probe/samples': {
          const { samples } = await probeOf(task.target);
          return { kind: 'samples', ...samples.list(task.from, task.count, task.numbers ?? task.search) };
        }
        case 'probe/read':
          return read(task, goOn);
      }
    },
    async dispose() {
      for (const { compiled } of probes.values()) await compiled?.dispose();
      probes.clear();
    },
  };
}

async function openProbe({ document, lesions }: ProbeTarget): Promise<OpenProbe> {
  const lowered = lowerProbe(document, new Map(lesions));
  if (!lowered.ok) {
    const [first] = lowered.error;
    const code = first?.code.startsWith('probe/') === true ? first.code : 'document/has-errors';
    throw new HostFailure({ code, message: first?.message ?? 'The network has errors.' });
  }
  const samples = await openSamples(document, lowered.value);
  return {
    lowered: (await withStoredWeights(document, lowered.value)).lowered,
    samples,
    groups: groupValues(lowered.value.values),
    compiled: undefined,
    weightsKey: undefined,
    recent: undefined,
  };
}

async function weightsFrom({ program }: LoweredProbe, source: WeightSource): Promise<NamedTensors> {
  if ('file' in source) {
    const stored = matchWeights(program, await readCheckpoint(source.file));
    return Object.fromEntries(Object.entries(stored).map(([name, { data }]) => [name, data]));
  }
  return Object.fromEntries(program.variables.map((variable) => [variable.name, initialize(variable, source.seed)]));
}

function readOne(
  { lowered }: OpenProbe,
  { path, port, fetch, type }: ProbedValue,
  values: NamedTensors,
  wish: Extract<ProbeTask, { kind: 'probe/read' }>['wish'],
  raw: boolean,
): ProbedReading {
  const data: TensorData | undefined = values[fetch];
  if (data === undefined || data.length !== elementCount(type)) {
    throw new Error(`"${fetch}" has ${data?.length ?? 0} numbers, not ${elementCount(type) ?? 'any'}`);
  }
  const output = lowered.outputs.find((one) => one.path === path);
  // An output's first port is what it answers; the others say how it came to that.
  const target = output?.ports[0] === port ? output.objective?.target : undefined;
  return { path, port, reading: readValue(data, type, wish, target), ...(raw && { raw: data }) };
}
