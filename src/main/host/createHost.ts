import path from 'node:path';
import {
  calls,
  type Answer,
  type Caller,
  type CallName,
  type CallOutput,
  type Handlers,
  type HostEvent,
  type HostProblem,
} from '../../contract/contract.ts';
import { createDataClient, type DataClient } from '../datasets/dataClient.ts';
import { createExamineClient, type ExamineClient } from '../evaluation/examineClient.ts';
import { describeInstallation, type EngineSource } from '../engines/engineInstaller.ts';
import { createEngineRegistry, type EngineRegistry } from '../engines/engineRegistry.ts';
import { readEngineWish } from '../engines/engineWish.ts';
import { problemOf } from '../files/hostFailure.ts';
import { openWorkspace, type WorkspaceFolder } from '../files/workspaceFolder.ts';
import { createProbeClient, type ProbeClient } from '../probing/probeClient.ts';
import { createRunKeeper, type RunKeeper } from '../runs/runKeeper.ts';
import { createSweepKeeper, type SweepKeeper } from '../sweeps/sweepKeeper.ts';
import { createEngineClient, type EngineClient } from '../training/engineClient.ts';
import { requireTrainable, type DescribeData } from '../training/requireTrainable.ts';
import { describeDataIn } from './describeData.ts';
import { createHandlers } from './handlers.ts';

export interface HostOptions {
  /** Folder of the documents and runs; made on first use. */
  readonly workspace: string;
  /** Whether to load the native libraries right away, so that the first training starts at once. */
  readonly warm?: boolean;
  readonly engine?: EngineClient;
  readonly engines?: EngineRegistry;
  readonly engineSource?: EngineSource;
}

/** The engine host: everything the editor can ask for, whatever carries the messages. */
export interface Host {
  readonly workspace: WorkspaceFolder;
  readonly runs: RunKeeper;
  readonly sweeps: SweepKeeper;
  readonly engine: EngineClient;
  /** Answers a request of the contract. Never throws: a bug is an answer too, and is printed. */
  call<Name extends CallName>(name: Name, input: unknown, caller?: Caller): Promise<Answer<CallOutput<Name>>>;
  call(name: string, input: unknown, caller?: Caller): Promise<Answer<unknown>>;
  /** Returns the function that stops listening. */
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** Saves what is being trained and ends all processes. */
  dispose(): Promise<void>;
}

/** Who asks within this process: it does not go before the host does. */
const program: Caller = { isGone: () => false, onGone: () => undefined };
/** Milliseconds until engines that were never tried are: the editor opens first. */
const MEASURE_AFTER = 2_000;

/** What the handlers work with. */
export interface HostServices {
  readonly workspace: WorkspaceFolder;
  readonly engine: EngineClient;
  /** Which engines there are, and which is chosen. */
  readonly engines: EngineRegistry;
  readonly engineSource?: EngineSource | undefined;
  readonly runs: RunKeeper;
  readonly sweeps: SweepKeeper;
  readonly describeData: DescribeData;
  readonly prober: ProbeClient;
  /** Asks the weights of runs. */
  readonly examiner: ExamineClient;
  /** Looks at the user's data. */
  readonly data: DataClient;
  /** Folder of the runs, absolute. */
  readonly runsFolder: string;
  readonly emit: (event: HostEvent) => void;
}

/** Opens the workspace and starts the host. Throws a `HostFailure` or a file system's error when it cannot be opened. */
export async function createHost(options: HostOptions): Promise<Host> {
  const workspace = await openWorkspace(options.workspace);
  const listeners = new Set<(event: HostEvent) => void>();
  const emit = (event: HostEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const engines =
    options.engines ?? createEngineRegistry({ wish: await readEngineWish(workspace), describe: describeInstallation });
  const asked = { folder: workspace.root, variables: () => engines.current()?.variables ?? {} };
  const engine = options.engine ?? createEngineClient(asked);
  const runs = createRunKeeper(
    engine,
    (payload) => emit({ event: 'run', payload }),
    (wanted) => engines.engineFor(wanted),
  );
  const prober = createProbeClient(asked);
  const examiner = createExamineClient(asked);
  const data = createDataClient();
  const runsFolder = path.join(workspace.root, 'runs');
  const describeData = describeDataIn(workspace.root, data);
  const sweeps = createSweepKeeper({
    runs,
    demandTrainable: (document) => requireTrainable(document, describeData),
    onEvent: (payload) => emit({ event: 'sweep', payload }),
  });
  const handlers = createHandlers({
    workspace,
    engine,
    engines,
    engineSource: options.engineSource,
    runs,
    sweeps,
    describeData,
    prober,
    examiner,
    data,
    runsFolder,
    emit,
  });
  engines.onChange((list) => {
    emit({ event: 'engine', payload: { kind: 'list', list } });
    engine.changeEngine();
  });
  let measuring: NodeJS.Timeout | undefined;
  if (options.warm === true) {
    await engines.look();
    if (process.env['SKIPWIRE_SPARE_ENGINE'] !== '0') engine.warmUp();
    measuring = setTimeout(() => void engines.measured().catch(console.error), MEASURE_AFTER);
    if (process.env['SKIPWIRE_INSTALL_ENGINE'] === '1') void installNative(handlers);
  }
  // Whoever lists the runs meanwhile sees them wait.
  void runs.takeUpQueue(runsFolder).catch(console.error);
  return {
    workspace,
    runs,
    sweeps,
    engine,
    call: (name: string, input: unknown, caller = program) => answerCall(handlers, name, input, caller),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async dispose() {
      clearTimeout(measuring);
      engines.dispose();
      data.dispose();
      sweeps.close();
      // Both at once: the run at work ends because its process does.
      await Promise.all([runs.close(), engine.dispose(), prober.dispose(), examiner.dispose()]);
    },
  };
}

/** What is installed already stays as it is; why nothing could be installed is told where the host was started, and in the editor. */
async function installNative(handlers: Handlers): Promise<void> {
  const answer = await handlers['engine/install']({ variant: 'cpu' }, program);
  if (answer.ok || answer.problem.code === 'engine/installation-cancelled') return;
  const { message, remedy = '' } = answer.problem;
  console.error(`The native engine was not installed. ${message} ${remedy}`);
}

async function answerCall(handlers: Handlers, name: string, input: unknown, caller: Caller): Promise<Answer<unknown>> {
  if (!isCallName(name)) {
    return { ok: false, problem: { code: 'host/unknown-call', message: `The host knows no request "${name}".` } };
  }
  try {
    const parsed = calls[name].input.safeParse(input);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const place = issue?.path.join('.') ?? '';
      return badInput(name, `${place === '' ? '' : `${place} `}${issue?.message ?? ''}`);
    }
    // Each handler takes what its own schema gives; the pairing is by name.
    const handler = handlers[name] as (input: unknown, caller: Caller) => Promise<Answer<unknown>>;
    return await handler(parsed.data, caller);
  } catch (error) {
    if (isTooDeep(error)) return badInput(name, 'it nests too deep');
    return { ok: false, problem: problemOf(error) ?? bug(error) };
  }
}

function badInput(name: CallName, why: string): Answer<never> {
  return {
    ok: false,
    problem: { code: 'host/bad-input', message: `The request "${name}" was not understood: ${why}.` },
  };
}

/** Whether what was sent nests deeper than the stack of whoever walks it. */
function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}

/** What is nobody's mistake but ours. */
function bug(error: unknown): HostProblem {
  console.error(error);
  return {
    code: 'host/bug',
    message: `Something in Skipwire itself went wrong: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Your document is untouched. Save it, and please report this.',
  };
}
