import type { TrialKind, TrialProgress, TrialResult } from '../../contract/trials.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { createEngineClient } from '../training/engineClient.ts';
import { requireTrainable, type DescribeData } from '../training/requireTrainable.ts';
import { resultOfTrial } from '../trials/resultOfTrial.ts';
import { exitCodes } from './exitCodes.ts';

/** What is tried, and where its data are. */
export interface TrialSubject {
  readonly document: SkipwireDocument;
  readonly dataRoot: string | undefined;
  readonly describeData: DescribeData;
}

/** Tries something with a document and tells what comes of it. Ctrl-C ends the trial with what is known by then. */
export async function tryOut(
  { document, dataRoot, describeData }: TrialSubject,
  kind: TrialKind,
  json: boolean,
): Promise<void> {
  await requireTrainable(document, describeData);
  const engine = createEngineClient({ folder: dataRoot });
  const task = engine.tryOut(
    { trial: kind, document },
    { onNews: (news) => news.kind === 'tried' && tellProgress(news.progress, json) },
  );
  const stop = (): void => task.stop();
  process.once('SIGINT', stop);
  try {
    const result = resultOfTrial(await task.end);
    if (json) console.log(JSON.stringify({ ...result, kind: 'result', trial: result.kind }));
    else tellResult(result);
    if (result.kind === 'overfit-batch' && !result.reached) process.exitCode = exitCodes.failed;
  } finally {
    process.off('SIGINT', stop);
    await engine.dispose();
  }
}

function tellProgress(progress: TrialProgress, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(progress));
    return;
  }
  switch (progress.kind) {
    case 'find-rate':
      for (const { rate, loss } of progress.points) console.log(`${rate.toExponential(2)}  ${loss.toPrecision(4)}`);
      break;
    case 'overfit-batch':
      for (const { step, loss } of progress.points) {
        if (step % 20 === 0) console.log(`step ${step + 1}: loss ${loss.toPrecision(4)}`);
      }
      break;
    case 'fast-run':
      for (const { name, detail, seconds } of progress.stages)
        console.log(`${name}: ${detail} (${seconds.toFixed(1)} s)`);
      break;
    case 'find-batch-size':
      for (const { batchSize, samplesPerSecond, bytes } of progress.tried) {
        console.log(`batch ${batchSize}: ${Math.round(samplesPerSecond)} samples/s, ${mebibytes(bytes)} at most`);
      }
      break;
    default:
      assertNever(progress);
  }
}

function tellResult(result: TrialResult): void {
  switch (result.kind) {
    case 'overfit-batch':
      console.log(result.message);
      for (const { message, remedy } of result.findings)
        console.log(`- ${message}${remedy === undefined ? '' : ` ${remedy}`}`);
      break;
    case 'forecast-memory': {
      const { batchSize, program, weights, optimizer, checkpoint, activations, data, total, free, fullestAt, fitting } =
        result.forecast;
      console.log(`Batch ${batchSize}: about ${mebibytes(total)} of ${mebibytes(free)} that are free.`);
      console.log(
        `  weights ${mebibytes(weights)}, optimizer ${mebibytes(optimizer)}, copies of both for checkpoints ${mebibytes(checkpoint)}, data ${mebibytes(data)}, program ${mebibytes(program)}`,
      );
      console.log(`  a step ${mebibytes(activations)}${fullestAt === '' ? '' : `, most at ${fullestAt}`}`);
      if (fitting !== undefined) console.log(`That is too much. A batch of ${fitting} would fit.`);
      break;
    }
    case 'find-rate':
    case 'fast-run':
    case 'find-batch-size':
      console.log(result.message);
      break;
    default:
      assertNever(result);
  }
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
