import type { Entry, Program, Variable } from '../../graph-engine/program/program.ts';
import { resolveDims } from '../../graph-engine/program/dims.ts';
import type { EntryNodes, TensorflowGraph } from '../../graph-engine/targets/tensorflow/emitTensorflowGraph.ts';
import type { VariablePack } from '../../graph-engine/targets/tensorflow/variableNodes.ts';
import { batchOf } from './batchOf.ts';
import type { CompiledProgram, NamedTensors, TensorData } from './compiledProgram.ts';
import { EngineError } from './engineError.ts';
import type { SessionFeed, SessionInputs, TensorflowSession } from './tensorflowSession.ts';

/** What does not change between the calls of one entry with one set of fetches. */
interface CallPlan {
  readonly entry: Entry;
  readonly inputs: SessionInputs;
  readonly fetches: readonly string[];
  readonly nodes: readonly string[];
}

/** Runs an emitted program in its session. */
export function createTensorflowProgram(
  engine: string,
  program: Program,
  graph: TensorflowGraph,
  session: TensorflowSession,
): CompiledProgram {
  const variables = new Map(program.variables.map((variable) => [variable.name, variable]));
  const plans = new Map<string, CallPlan>();
  let state: 'live' | 'failed' | 'disposed' = 'live';

  function call(inputs: SessionInputs, feeds: readonly SessionFeed[], nodes: readonly string[]): TensorData[] {
    if (state !== 'live') throw new Error(`This program has ${state === 'failed' ? 'failed' : 'been disposed'}`);
    try {
      return session.run(inputs, feeds, nodes);
    } catch (error) {
      // After an error the binding has freed nothing and variables may be half updated.
      state = 'failed';
      throw describe(engine, graph, error);
    }
  }

  function planFor(entryName: string, fetches: readonly string[] | undefined): CallPlan {
    const key = fetches === undefined ? entryName : `${entryName}\n${fetches.join('\n')}`;
    let plan = plans.get(key);
    if (plan === undefined) {
      const entry = program.entries[entryName];
      const nodes = graph.entries[entryName];
      if (entry === undefined || nodes === undefined) throw new Error(`There is no entry ${entryName}`);
      plans.set(key, (plan = planCall(entry, nodes, fetches)));
    }
    return plan;
  }

  function variableNamed(name: string): Variable {
    const variable = variables.get(name);
    if (variable === undefined) throw new Error(`There is no variable ${name}`);
    return variable;
  }

  function readPack(pack: VariablePack): TensorData {
    return call([], [], [pack.read])[0] ?? missing(pack.names[0] ?? '');
  }

  return {
    program,
    async run(entryName, feeds, fetches) {
      const { entry, inputs, fetches: names, nodes } = planFor(entryName, fetches);
      const results = call(inputs, feedsOf(entry, feeds), nodes);
      return named(names, results);
    },
    async readVariables(names = program.variables.map(({ name }) => name)) {
      const wanted = new Set(names.map((name) => variableNamed(name).name));
      const found: Record<string, TensorData> = {};
      for (const pack of graph.packs) {
        if (!pack.names.some((name) => wanted.has(name))) continue;
        const all = readPack(pack);
        const whole = pack.names.every((name) => wanted.has(name));
        pack.names.forEach((name, at) => {
          if (!wanted.has(name)) return;
          // Whoever wants everything gets it in one piece: a training waits for this.
          found[name] = whole
            ? all.subarray(pack.offsets[at], pack.offsets[at + 1])
            : all.slice(pack.offsets[at], pack.offsets[at + 1]);
        });
      }
      return Object.fromEntries([...wanted].map((name) => [name, found[name] ?? missing(name)]));
    },
    async writeVariables(values) {
      for (const [name, data] of Object.entries(values)) demandData(variableNamed(name), data);
      for (const pack of graph.packs) {
        const given = pack.names.filter((name) => values[name] !== undefined);
        if (given.length === 0) continue;
        const length = pack.offsets.at(-1) ?? 0;
        // What is not given stays as it is. Each pack has memory of its own: where it happens to be aligned, TensorFlow does not copy it,
        // and the variables go on living in it.
        const all = given.length < pack.names.length ? readPack(pack) : roomFor(pack.dtype, length);
        pack.names.forEach((name, at) => {
          const data = values[name];
          if (data !== undefined) all.set(data, pack.offsets[at]);
        });
        call([{ name: pack.value }], [{ data: all, dims: [length] }], [pack.written]);
      }
    },
    async dispose() {
      if (state === 'disposed') return;
      state = 'disposed';
      session.dispose();
    },
  };
}

function planCall(entry: Entry, nodes: EntryNodes, fetches: readonly string[] | undefined): CallPlan {
  const wanted = fetches ?? entry.outputs.flatMap(({ name, onDemand }) => (onDemand === true ? [] : [name]));
  return {
    entry,
    inputs: entry.inputs.map(({ name }) => ({ name: nodes.feeds[name] ?? '' })),
    fetches: wanted,
    nodes: wanted.map((name) => {
      const node = nodes.fetches[name];
      if (node === undefined) throw new Error(`${entry.name} has no output ${name}`);
      return node;
    }),
  };
}

function feedsOf(entry: Entry, feeds: NamedTensors): SessionFeed[] {
  const batch = batchOf(entry, feeds);
  return entry.inputs.map(({ name, value }) => {
    const data = feeds[name];
    if (data === undefined) throw new Error(`${entry.name} needs a feed for ${name}`);
    return { data, dims: resolveDims(value.dims, batch) };
  });
}

function roomFor(dtype: VariablePack['dtype'], length: number): TensorData {
  return dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
}

function demandData({ name, dims, dtype }: Variable, data: TensorData): void {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (data.length !== count || data instanceof Int32Array !== (dtype === 'int32')) {
    throw new Error(`${name} takes ${count} ${dtype} values, got ${data.length} in ${data.constructor.name}`);
  }
}

function missing(name: string): never {
  throw new Error(`TensorFlow returned nothing for ${name}`);
}

function named(names: readonly string[], results: readonly TensorData[]): Record<string, TensorData> {
  const values: Record<string, TensorData> = {};
  names.forEach((name, i) => {
    const result = results[i];
    values[name] = result ?? missing(name);
  });
  return values;
}

/** TensorFlow's words without its own names, and the document node that they mean. */
function describe(engine: string, graph: TensorflowGraph, error: unknown): EngineError {
  const message = error instanceof Error ? error.message : String(error);
  const node = /\{\{node ([^}\s]+)\}\}/.exec(message)?.[1] ?? /\[\[?node ([^\s\]]+)/i.exec(message)?.[1];
  const origin = node === undefined ? undefined : graph.originOf(node);
  const detail = message
    .replace(/^Session fail to run with error: /, '')
    .split('\n')[0]
    ?.trim();
  return new EngineError(engine, detail ?? message, origin);
}
