import type { Entry, Program, Variable } from '../../graph-engine/program/program.ts';
import { resolveDims } from '../../graph-engine/program/dims.ts';
import type { EntryNodes, TensorflowGraph } from '../../graph-engine/targets/tensorflow/emitTensorflowGraph.ts';
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

/** Variables per call: each new set of names costs 100 ms once, and the binding copies the whole list once per name. */
const VARIABLES_AT_ONCE = 512;

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

  return {
    program,
    async run(entryName, feeds, fetches) {
      const { entry, inputs, fetches: names, nodes } = planFor(entryName, fetches);
      const results = call(inputs, feedsOf(entry, feeds), nodes);
      return named(names, results);
    },
    async readVariables(names = program.variables.map(({ name }) => name)) {
      const values: Record<string, TensorData> = {};
      for (const some of chunks(names)) {
        const nodes = some.map((name) => graph.variables[variableNamed(name).name]?.read ?? '');
        Object.assign(values, named(some, call([], [], nodes)));
      }
      return values;
    },
    async writeVariables(values) {
      for (const some of chunks(Object.keys(values))) {
        const feeds = some.map((name) => variableFeed(variableNamed(name), values[name]));
        const nodes = some.map((name) => graph.variables[name]);
        call(
          nodes.map((node) => ({ name: node?.value ?? '' })),
          feeds,
          some.length === variables.size ? [graph.allWritten] : nodes.map((node) => node?.written ?? ''),
        );
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
  const wanted = fetches ?? entry.outputs.map(({ name }) => name);
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

function variableFeed({ name, dims, dtype }: Variable, data: TensorData | undefined): SessionFeed {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (data?.length !== count || data instanceof Int32Array !== (dtype === 'int32')) {
    throw new Error(`${name} takes ${count} ${dtype} values, got ${data?.length} in ${data?.constructor.name}`);
  }
  return { data, dims };
}

function named(names: readonly string[], results: readonly TensorData[]): Record<string, TensorData> {
  const values: Record<string, TensorData> = {};
  names.forEach((name, i) => {
    const result = results[i];
    if (result === undefined) throw new Error(`TensorFlow returned nothing for ${name}`);
    values[name] = result;
  });
  return values;
}

function* chunks(names: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < names.length; start += VARIABLES_AT_ONCE) {
    yield names.slice(start, start + VARIABLES_AT_ONCE);
  }
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
