import { SingleBar } from 'cli-progress';
import type { EnginePhase, OnEngineProgress } from './engineProgress.ts';
import { phaseWords } from './engineProgress.ts';

const BAR_STEPS = 1000;
const LINE_STEP = 0.25;

/** What an installation is shown with; `stop` before anything else is printed. */
export interface ProgressPrinter {
  readonly onProgress: OnEngineProgress;
  stop(): void;
}

/** Shows an installation on `stream`: a bar where a person watches, a line now and then where output goes to a file. */
export function printEngineProgress(stream: NodeJS.WriteStream): ProgressPrinter {
  return stream.isTTY ? barPrinter(stream) : linePrinter(stream);
}

function barPrinter(stream: NodeJS.WriteStream): ProgressPrinter {
  const bar = new SingleBar({
    stream,
    format: '{words} |{bar}| {percentage}% {size}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
  });
  let started = false;
  return {
    onProgress({ phase, done, total, process: holder }) {
      const share = done === undefined || total === undefined ? 0 : Math.min(1, done / total);
      const words = holder === undefined ? phaseWords[phase] : `${phaseWords[phase]} (process ${holder})`;
      const payload = { words, size: total === undefined ? '' : `of ${megabytes(total)}` };
      if (!started) bar.start(BAR_STEPS, 0, payload);
      started = true;
      bar.update(Math.round(share * BAR_STEPS), payload);
    },
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}

function linePrinter(stream: NodeJS.WriteStream): ProgressPrinter {
  let last: EnginePhase | undefined;
  let nextShare = 0;
  return {
    onProgress({ phase, done, total, process: holder }) {
      const share = done === undefined || total === undefined ? 0 : done / total;
      if (phase === last && share < nextShare) return;
      last = phase;
      nextShare = (Math.floor(share / LINE_STEP) + 1) * LINE_STEP;
      const measure = total === undefined ? '' : `: ${Math.round(share * 100)}% of ${megabytes(total)}`;
      const waiting = holder === undefined ? '' : ` (process ${holder})`;
      stream.write(`${phaseWords[phase]}${waiting}${measure}\n`);
    },
    stop() {},
  };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
