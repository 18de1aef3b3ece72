import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import { MOST_FILE_BYTES, type examinationCalls, type TextPiece } from '../../contract/examination.ts';
import { targetOfRun } from '../evaluation/runTarget.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import type { HostServices } from './createHost.ts';

/** Pieces of text are joined, so that they go on at most thirty times a second. */
const SHORTEST_PAUSE = 1000 / 30;

/** Answers requests to the weights of a run. */
export function createExaminationHandlers({
  workspace,
  examiner,
  emit,
}: Pick<HostServices, 'workspace' | 'examiner' | 'emit'>): Pick<Handlers, keyof typeof examinationCalls> {
  const targetOf = async (run: string) => targetOfRun(await workspace.resolve(`runs/${run}`));
  const writing = new Map<string, AbortController>();
  return {
    'run/examine': ({ run, output, samples }) =>
      answerOf(async () => {
        const answer = await examiner.samples({ target: await targetOf(run), output, samples });
        return { classes: [...answer.classes], samples: [...answer.samples] };
      }),

    'run/predict-file': ({ run, name, content }) =>
      answerOf(async () => {
        const target = await targetOf(run);
        const bytes = Buffer.from(content, 'base64');
        if (bytes.length > MOST_FILE_BYTES) throw tooLarge(name);
        const folder = await mkdtemp(path.join(tmpdir(), 'skipwire-own-file-'));
        try {
          // Readers go by the ending of a name; nothing else of it is used.
          const absolute = path.join(folder, `file${/(\.[A-Za-z0-9]{1,10}){1,2}$/.exec(name)?.[0] ?? ''}`);
          await writeFile(absolute, bytes);
          return await examiner.file({ target, file: { absolute, name } });
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      }),

    'run/generate': ({ generation, run, ...options }) =>
      answerOf(async () => {
        if (writing.has(generation)) {
          throw new HostFailure({ code: 'generation/taken', message: 'This text is being written already.' });
        }
        const stop = new AbortController();
        writing.set(generation, stop);
        const tell = joined((pieces) => emit({ event: 'generation', payload: { generation, pieces } }));
        try {
          return await examiner.generate({ target: await targetOf(run), options }, tell.add, stop.signal);
        } finally {
          tell.now();
          writing.delete(generation);
        }
      }),

    'run/generate-stop': ({ generation }) =>
      answerOf(() => {
        writing.get(generation)?.abort();
        return {};
      }),
  };
}

function joined(tell: (pieces: TextPiece[]) => void): { add(piece: TextPiece): void; now(): void } {
  let waiting: TextPiece[] = [];
  let timer: NodeJS.Timeout | undefined;
  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length > 0) tell(waiting);
    waiting = [];
  };
  return {
    add(piece) {
      waiting.push(piece);
      timer ??= setTimeout(now, SHORTEST_PAUSE);
    },
    now,
  };
}

function tooLarge(name: string): HostFailure {
  return new HostFailure({
    code: 'own-file/too-large',
    message: `"${name}" is too large to be sent.`,
    expected: `at most ${MOST_FILE_BYTES / 1024 / 1024} MB`,
    remedy: 'Name it on the command line: skipwire predict RUN FILE.',
  });
}
