import { useEffect, useState } from 'react';
import type { HostProblem } from '../../contract/contract.ts';
import type { LanguageOutput } from '../../contract/evaluation.ts';
import type { ExaminedSample } from '../../contract/examination.ts';
import type { RunId } from '../../contract/run.ts';
import { languageFigures } from '../../graph-engine/evaluation/languageFigures.ts';
import { useHost } from '../connection/host.ts';
import { digits, percent } from './FigureTable.tsx';
import { PieceList } from './PieceList.tsx';
import { Problem } from './Problem.tsx';

const SHOWN = 6;

/** How well the next token was foreseen, and the passages that surprised the network most. */
export function TextResults({ run, output }: { readonly run: RunId; readonly output: LanguageOutput }) {
  const figures = languageFigures(output);
  const worst = [...output.losses.keys()]
    .sort((a, b) => (output.losses[b] ?? 0) - (output.losses[a] ?? 0))
    .slice(0, SHOWN);
  const numbers = worst.map((place) => output.samples[place] ?? 0);
  const { samples, problem } = useExamined(run, output.path, numbers);
  return (
    <>
      <p className="text-sm text-ink" data-testid="results-summary">
        Perplexity <strong>{digits(figures.perplexity)}</strong> · {digits(figures.bitsPerToken)} bits a token ·{' '}
        {digits(figures.bitsPerCharacter)} bits a character · {percent(figures.tokenAccuracy)} of tokens right ·{' '}
        {output.tokens} tokens in windows of {output.context}
      </p>
      <section className="flex flex-col gap-2" aria-label="Most surprising passages" data-testid="worst-passages">
        <h3 className="text-xs font-medium text-ink">Most surprising passages</h3>
        <p className="text-2xs text-ink-muted">
          Shaded and dotted tokens were not expected; each says its probability when the pointer rests on it.
        </p>
        {problem !== null && <Problem problem={problem} />}
        <ul className="flex flex-col gap-2">
          {worst.map((place) => {
            const number = output.samples[place] ?? 0;
            const sample = samples.get(number);
            return (
              <li key={number} className="rounded-md border border-line bg-raised px-3 py-2">
                <p className="pb-1 text-2xs text-ink-muted">
                  № {number} · perplexity {digits(Math.exp(output.losses[place] ?? 0))}
                </p>
                {sample?.kind === 'tokens' && <PieceList pieces={sample.pieces} shaded />}
              </li>
            );
          })}
        </ul>
      </section>
    </>
  );
}

/** What an output says of samples, by number; asked for once for a list of numbers. */
export function useExamined(
  run: RunId,
  output: string,
  numbers: readonly number[],
): { readonly samples: ReadonlyMap<number, ExaminedSample>; readonly problem: HostProblem | null } {
  const { connection } = useHost();
  const [samples, setSamples] = useState<ReadonlyMap<number, ExaminedSample>>(new Map());
  const [problem, setProblem] = useState<HostProblem | null>(null);
  const wanted = numbers.join(',');
  useEffect(() => {
    if (wanted === '') return undefined;
    let isCurrent = true;
    const order = { run, output, samples: wanted.split(',').map(Number) };
    void connection.call('run/examine', order).then((answer) => {
      if (!isCurrent) return;
      setProblem(answer.ok ? null : answer.problem);
      if (answer.ok) setSamples(new Map(answer.value.samples.map((sample) => [sample.number, sample])));
    });
    return () => {
      isCurrent = false;
    };
  }, [connection, run, output, wanted]);
  return { samples, problem };
}
