import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { dataSources } from './datasets/dataSources.ts';
import { openEngineAskedFor } from './engines/engineVariable.ts';
import type { Executor } from './executors/compiledProgram.ts';
import { assertNever } from '../graph-engine/core/diagnostic.ts';
import { createExaminer, type Examiner } from './evaluation/createExaminer.ts';
import { evaluateSet } from './evaluation/evaluateSet.ts';
import { isPageMessage } from './executors/remote/processPort.ts';
import { problemOf } from './files/hostFailure.ts';
import { productVersion } from './files/productRoot.ts';
import { measureVariance } from './probing/measureVariance.ts';
import { createProber, type Prober } from './probing/createProber.ts';
import type {
  EngineEnvironment,
  EngineNews,
  EngineRequest,
  EngineTask,
  TaskOutcome,
} from './training/engineMessages.ts';
import { predictDocument, trainDocument } from './training/engineTasks.ts';
import type { TrainingOrder } from './training/trainingLoop.ts';
import { runTrial } from './trials/trials.ts';
import { watchForOrphanhood } from './training/watchForOrphanhood.ts';

/*
 * The process that holds the native libraries. It may die at any time: the host notices, keeps what was saved, and
 * starts another. When the host dies, this process saves what it trains and ends.
 */

let wish: ReturnType<TrainingOrder['wish']> = 'go-on';
let leaving = false;
let working: Promise<void> | undefined;
/** Made when samples are first looked at; a process that trains never does. */
let prober: Prober | undefined;
/** Made when somebody asks the weights of a run for the first time. */
let examiner: Examiner | undefined;

/** Sends to the host; resolves when the message is on its way, so that metrics cannot pile up without bound. */
function tell(news: EngineNews): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(news, undefined, {}, () => resolve());
  });
}

// Ctrl-C goes to the whole group of processes; what it means is for the host to decide.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => leave());
process.on('disconnect', () => leave());

function leave(): void {
  leaving = true;
  wish = 'leave';
  void (working ?? Promise.resolve()).finally(() => process.exit(0));
}

/** When memory runs out, this process should go rather than the editor. */
function volunteerForTheKernel(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // Only Linux has it.
  }
}

async function work(executor: Executor, task: EngineTask): Promise<TaskOutcome> {
  switch (task.kind) {
    case 'train': {
      const completed = await trainDocument(executor, task, {
        onNotice: (text) => void tell({ kind: 'notice', text }),
        onTakenUp: ({ position, lastEpoch, best }) =>
          void tell({ kind: 'taken-up', step: position.step, lastEpoch, best }),
        onBegun: (measures) => void tell({ kind: 'begun', measures }),
        onMetrics: (metrics) => void tell({ kind: 'metrics', metrics: [metrics] }),
        wish: () => wish,
      });
      return { kind: 'trained', completed };
    }
    case 'predict':
      return { kind: 'predicted', prediction: await predictDocument(executor, task) };
    case 'trial': {
      const result = await runTrial(executor, task, {
        report: (progress) => void tell({ kind: 'tried', progress }),
        goesOn: () => wish === 'go-on',
      });
      return { kind: 'tried', result };
    }
    case 'evaluate': {
      const evaluation = await evaluateSet(executor, task, {
        report: (done, total) => void tell({ kind: 'evaluating', done, total }),
        goesOn: () => wish === 'go-on',
      });
      return { kind: 'evaluated', evaluation };
    }
    case 'examine/samples':
    case 'examine/file':
    case 'examine/generate': {
      examiner ??= createExaminer(executor);
      const answer = await examiner.answer(task, {
        onPiece: (piece) => tell({ kind: 'generated', piece }),
        goesOn: () => wish === 'go-on',
      });
      return { kind: 'examined', answer };
    }
    case 'variance':
      return { kind: 'probed', answer: { kind: 'variance', ...(await measureVariance(executor, task.document)) } };
    case 'probe/describe':
    case 'probe/samples':
    case 'probe/read':
      prober ??= createProber(executor);
      return { kind: 'probed', answer: await prober.answer(task, () => wish === 'go-on') };
  }
}

async function doTask(executor: Executor, task: EngineTask, early: 'stop' | 'pause' | undefined): Promise<void> {
  if (!leaving) wish = early === undefined ? 'go-on' : early === 'stop' ? 'stop' : 'leave';
  try {
    await tell({ kind: 'done', outcome: await work(executor, task) });
  } catch (error) {
    const problem = problemOf(error) ?? {
      code: 'engine/failed',
      message: `The engine failed: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'What was saved before is kept. The log in the folder of the run says more.',
    };
    const detail = error instanceof Error ? error.stack : undefined;
    await tell({ kind: 'refused', problem, ...(detail !== undefined && { detail }) });
  }
}

function attend(executor: Executor, request: EngineRequest): void {
  switch (request.kind) {
    case 'task':
      working = doTask(executor, request.task, request.wish);
      break;
    case 'prepare':
      prepare();
      break;
    case 'stop':
      if (!leaving) wish = 'stop';
      break;
    case 'pause':
      if (wish === 'go-on') wish = 'leave';
      break;
    default:
      assertNever(request);
  }
}

function prepare(): void {
  // Data that cannot be loaded are told when somebody wants to train on them.
  for (const source of dataSources) void source.load().catch(() => undefined);
}

function describeEnvironment({
  id,
  executor: { name, threads, device },
}: Awaited<ReturnType<typeof openEngineAskedFor>>): EngineEnvironment {
  return {
    skipwire: productVersion,
    engineId: id,
    engine: name,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: os.cpus()[0]?.model ?? 'unknown',
    threads,
    ...(device !== undefined && { device }),
  };
}

volunteerForTheKernel();
watchForOrphanhood();
// The host may have let go before anybody listened.
if (!process.connected) leave();
const opening = openEngineAskedFor();
process.on('message', (message) => {
  if (isPageMessage(message)) {
    // Without the page nothing can be computed here any more; the next task finds a process with another.
    if (message.kind === 'page/gone') void opening.then(leave, () => undefined);
    return;
  }
  const request = message as EngineRequest;
  // Requests wait for the libraries, in order; without them this process ends.
  opening.then(
    ({ executor }) => attend(executor, request),
    () => undefined,
  );
});
try {
  await tell({ kind: 'ready', environment: describeEnvironment(await opening) });
} catch (error) {
  const problem = problemOf(error) ?? {
    code: 'engine/does-not-start',
    message: `The engine does not start: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Run "npx skipwire doctor"; it says what is wrong and how to mend it.',
  };
  await tell({ kind: 'unavailable', problem });
  process.exit(1);
}
