import { PenLine, Square } from 'lucide-react';
import { useId } from 'react';
import type { RunId } from '../../contract/run.ts';
import { useHost } from '../connection/host.ts';
import { Button } from '../ui/Button.tsx';
import { NumberField } from '../ui/NumberField.tsx';
import type { NumberBounds } from '../ui/parseNumber.ts';
import { PieceList } from './PieceList.tsx';
import { Problem } from './Problem.tsx';
import { isWriting, setWish, stopWriting, useWriter, write, type Writing, type WritingWish } from './writerStore.ts';

interface WritingOption {
  readonly name: Exclude<keyof WritingWish, 'prompt'>;
  readonly label: string;
  readonly bounds: NumberBounds;
  readonly help: string;
}

const OPTIONS: readonly WritingOption[] = [
  {
    name: 'length',
    label: 'Length',
    bounds: { minimum: 1, maximum: 10_000, integer: true },
    help: 'Tokens to write.',
  },
  {
    name: 'temperature',
    label: 'Temperature',
    bounds: { minimum: 0, maximum: 10 },
    help: 'Above 1 more surprising; 0 always takes the likeliest.',
  },
  {
    name: 'topK',
    label: 'Top-k',
    bounds: { minimum: 0, maximum: 1_000_000, integer: true },
    help: 'Among so many of the likeliest; 0 among all.',
  },
  {
    name: 'topP',
    label: 'Top-p',
    bounds: { minimum: 0.01, maximum: 1 },
    help: 'Among the likeliest that together have this probability.',
  },
  {
    name: 'seed',
    label: 'Seed',
    bounds: { minimum: 0, maximum: 2 ** 32 - 1, integer: true },
    help: 'The same seed writes the same text.',
  },
];

/** A language model writes on from a prompt. */
export function WriterView({ run }: { readonly run: RunId }) {
  const { connection } = useHost();
  const { wish, writing } = useWriter(run);
  const id = useId();
  const busy = isWriting(writing);
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
      <div className="flex w-64 shrink-0 flex-col gap-2">
        <label htmlFor={id} className="text-xs font-medium text-ink-muted">
          Prompt
        </label>
        <textarea
          id={id}
          value={wish.prompt}
          onChange={(event) => setWish(run, { prompt: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            void write(connection, run);
          }}
          rows={4}
          spellCheck={false}
          placeholder="What it writes on from"
          data-testid="writer-prompt"
          className="min-h-16 w-full resize-y rounded-md border border-line bg-surface px-2 py-1 font-mono text-xs text-ink placeholder:text-ink-faint hover:border-line-strong focus:border-focus focus:outline-2 focus:-outline-offset-1 focus:outline-focus"
        />
        <div className="flex gap-2">
          <Button
            variant="primary"
            icon={<PenLine size={14} aria-hidden />}
            disabled={busy}
            onClick={() => void write(connection, run)}
            data-testid="writer-go"
          >
            {busy ? 'Writing' : 'Write'}
          </Button>
          {busy && (
            <Button
              icon={<Square size={12} aria-hidden />}
              disabled={writing?.stopping === true}
              onClick={() => stopWriting(connection, run)}
              data-testid="writer-stop"
            >
              Stop
            </Button>
          )}
        </div>
      </div>
      {writing !== undefined && <Written writing={writing} />}
      <div className="grid w-full grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-x-6 gap-y-2">
        {OPTIONS.map(({ name, label, bounds, help }) => (
          <div key={name} className="@container">
            <NumberField
              label={label}
              value={wish[name]}
              bounds={bounds}
              help={help}
              onCommit={(value) => setWish(run, { [name]: value })}
              data-testid={`writer-${name}`}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

function Written({ writing: { prompt, length, pieces, result, problem } }: { readonly writing: Writing }) {
  return (
    <section className="flex max-w-prose min-w-56 flex-1 flex-col gap-2" aria-label="What was written">
      <p role="status" className="text-xs text-ink-muted tabular-nums" data-testid="writer-state">
        {result === undefined && problem === undefined
          ? `${pieces.length} of ${length} tokens`
          : `${pieces.length} tokens${result?.stopped === true ? ', stopped' : ''}`}
      </p>
      {problem !== undefined && <Problem problem={problem} data-testid="writer-problem" />}
      <div
        // What can be scrolled can be scrolled by keyboard.
        tabIndex={0}
        role="region"
        aria-label="The text"
        className="max-h-56 overflow-y-auto rounded-md border border-line bg-raised p-3"
        data-testid="writer-text"
      >
        {prompt !== '' && (
          <p className="font-mono text-xs leading-5 break-words whitespace-pre-wrap text-ink-muted">
            {prompt.slice(-2000)}
          </p>
        )}
        <PieceList pieces={pieces} />
      </div>
      <ul className="flex flex-col gap-0.5 text-2xs text-ink-muted" data-testid="writer-notices">
        {result?.notices.map((notice) => (
          <li key={notice}>{notice}</li>
        ))}
      </ul>
    </section>
  );
}
