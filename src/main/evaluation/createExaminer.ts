import type { ExaminedSample, TextPiece } from '../../contract/examination.ts';
import { toBase64 } from '../../graph-engine/probe/base64.ts';
import { softmax } from '../../graph-engine/evaluation/nextToken.ts';
import type { Executor } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { pictureOfSample, sampleOf } from '../probing/sampleViews.ts';
import { prepareData, type PreparedData } from '../training/prepareData.ts';
import { requireMatch } from './evaluateSet.ts';
import type { ExamineOutcome, ExamineTarget, ExamineTask } from './examineMessages.ts';
import { generateText, type GenerationListeners } from './generateText.ts';
import { languageModelOf } from './languageModel.ts';
import { imageSizeOf, maskCover } from './maskCover.ts';
import { predictOwnFile } from './predictOwnFile.ts';
import { openRunPreparation, type RunPreparation } from './runPreparation.ts';
import { readMask } from './tallyMasks.ts';
import { openTrainedNetwork, type TrainedNetwork } from './trainedNetwork.ts';

/** The side of an engine process that answers questions to the weights of runs: what is opened stays for the next. */
export interface Examiner {
  answer(task: ExamineTask, listeners?: GenerationListeners): Promise<ExamineOutcome>;
  dispose(): Promise<void>;
}

interface OpenRun {
  readonly network: TrainedNetwork;
  /** Read when they are first asked for: of these questions each needs one only. */
  preparation?: RunPreparation;
  data?: PreparedData;
}

const KEPT = 2;
/** Pixels of a picture at its longer side. */
const SIDE = 256;

/** Answers with an engine that is in this process. */
export function createExaminer(executor: Executor): Examiner {
  const runs = new Map<string, OpenRun>();

  async function open({ key, document, weights }: ExamineTarget): Promise<OpenRun> {
    const known = runs.get(key);
    runs.delete(key);
    const run = known ?? { network: await openTrainedNetwork(executor, document, weights) };
    runs.set(key, run);
    for (const [old, { network }] of runs) {
      if (runs.size <= KEPT) break;
      runs.delete(old);
      await network.dispose();
    }
    return run;
  }

  async function preparationOf(run: OpenRun, { runFolder, document }: ExamineTarget): Promise<RunPreparation> {
    return (run.preparation ??= await openRunPreparation(runFolder, document));
  }

  async function answerWith(run: OpenRun, task: ExamineTask, listeners: GenerationListeners): Promise<ExamineOutcome> {
    const { target } = task;
    const { network } = run;
    switch (task.kind) {
      case 'examine/samples': {
        run.data ??= await prepareData(network.lowered, target.document.training);
        return { kind: 'samples', ...(await examineSamples(network, run.data, task.output, task.samples)) };
      }
      case 'examine/file': {
        const preparation = await preparationOf(run, target);
        return { kind: 'file', prediction: await predictOwnFile(network, preparation, task.file) };
      }
      case 'examine/generate': {
        const model = languageModelOf(network, await preparationOf(run, target));
        return { kind: 'text', text: await generateText(model, task.options, listeners) };
      }
    }
  }

  return {
    async answer(task, listeners = {}) {
      const run = await open(task.target);
      try {
        return await answerWith(run, task, listeners);
      } catch (error) {
        // After an error of the engine the program is dead; the next question opens it anew.
        if (!(error instanceof HostFailure) || error.problem.code.startsWith('engine/')) {
          runs.delete(task.target.key);
          await run.network.dispose();
        }
        throw error;
      }
    },
    async dispose() {
      for (const { network } of runs.values()) await network.dispose();
      runs.clear();
    },
  };
}

async function examineSamples(
  network: TrainedNetwork,
  { columns, description, split }: PreparedData,
  path: string,
  samples: readonly number[],
): Promise<{ classes: readonly string[]; samples: readonly ExaminedSample[] }> {
  const { inputs, outputs } = network.lowered;
  const count = split.train.length + split.validation.length + (split.test?.length ?? 0);
  const beyond = samples.find((number) => number >= count);
  if (beyond !== undefined) throw noSuchSample(description.title, beyond, count);
  const match = requireMatch(description, network.lowered);
  const output = outputs.find((one) => one.path === path);
  const [target, port, objective] = [match.targets.get(path), output?.ports['logits'], output?.objective];
  if (target === undefined || port === undefined || objective === undefined) throw noSuchOutput(path);
  const columnOf = new Map(columns.map((column) => [column.feed, column]));
  const [input] = inputs;
  const [shown, truths] = [columnOf.get(input?.feed ?? ''), columnOf.get(objective.targetFeed)];
  const data = match.inputs.get(input?.path ?? '');
  if (input === undefined || shown === undefined || truths === undefined || data === undefined)
    throw noSuchOutput(path);
  const examined: ExaminedSample[] = [];
  for (const number of samples) {
    const feeds = Object.fromEntries(
      inputs.flatMap(({ feed }) => {
        const column = columnOf.get(feed);
        return column === undefined ? [] : [[feed, sampleOf(column, number)]];
      }),
    );
    const scores = (await network.predict(feeds, [port.fetch]))[port.fetch] ?? new Float32Array();
    const truth = sampleOf(truths, number);
    if (target.kind === 'mask') {
      const size = imageSizeOf(objective.target.type) ?? { height: 1, width: truth.length };
      const told = new Uint8Array(truth.length);
      readMask(scores, 0, scores.length / truth.length, told);
      examined.push({
        kind: 'mask',
        number,
        picture: pictureOfSample({ column: shown, type: input.type, data }, number, SIDE),
        cover: maskCover(imageSizeOf(input.type) ?? size, size),
        truth: { ...size, pixels: toBase64(Uint8Array.from(truth)) },
        told: { ...size, pixels: toBase64(told) },
      });
    } else if (target.kind === 'next-token') {
      const choices = scores.length / truth.length;
      const pieces = [...truth].map((token, position): TextPiece => {
        const chances = softmax(scores.subarray(position * choices, (position + 1) * choices));
        return { text: target.vocabulary[token] ?? '', probability: chances[token] ?? 0 };
      });
      examined.push({ kind: 'tokens', number, pieces });
    } else throw noSuchOutput(path);
  }
  const classes = target.kind === 'mask' ? target.classes : target.kind === 'next-token' ? target.vocabulary : [];
  return { classes, samples: examined };
}

function noSuchSample(title: string, number: number, count: number): HostFailure {
  return new HostFailure({
    code: 'evaluation/no-such-sample',
    message: `"${title}" has no sample ${number}.`,
    expected: `a number from 0 to ${count - 1}`,
    received: String(number),
  });
}

function noSuchOutput(path: string): HostFailure {
  return new HostFailure({
    code: 'evaluation/no-such-output',
    message: `This network has no output "${path}" of masks or of next tokens.`,
  });
}
