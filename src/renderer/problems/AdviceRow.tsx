import { ExternalLink, EyeOff, Undo2 } from 'lucide-react';
import type { Advice } from '../../graph-engine/advice/advice.ts';
import { dismissAdvice, restoreAdvice } from '../../graph-engine/document/commands/dismissAdvice.ts';
import { sourceLinks } from '../../graph-engine/reference/sourceLinks.ts';
import { dispatch } from '../store/documentStore.ts';
import { ProblemRow } from './ProblemRow.tsx';

export interface AdviceRowProps {
  readonly advice: Advice;
  readonly place?: string;
  readonly onGo?: () => void;
  readonly dismissed?: boolean;
}

/** One piece of advice: the paper behind it, what it would change, and a way to be rid of it. */
export function AdviceRow({ advice, place, onGo, dismissed = false }: AdviceRowProps) {
  return (
    <ProblemRow
      diagnostic={advice}
      {...(place === undefined ? {} : { place })}
      {...(onGo === undefined ? {} : { onGo })}
      action={
        <button
          type="button"
          aria-label={dismissed ? 'Restore this advice' : 'Dismiss this advice'}
          title={dismissed ? 'Restore' : 'Dismiss in this document'}
          data-testid={dismissed ? 'restore-advice' : 'dismiss-advice'}
          className="inline-flex size-6 shrink-0 items-center justify-center rounded-md text-ink-muted hover:bg-pressed hover:text-ink"
          onClick={() => dispatch(dismissed ? restoreAdvice : dismissAdvice, { keys: [advice.key] })}
        >
          {dismissed ? <Undo2 size={13} aria-hidden /> : <EyeOff size={13} aria-hidden />}
        </button>
      }
    >
      <span className="mt-0.5 flex flex-wrap gap-x-3 text-2xs text-ink-muted">
        {sourceLinks(advice.source).map(({ text, to }) =>
          typeof to === 'string' && to !== '' ? (
            <a
              key={text}
              href={to}
              target="_blank"
              rel="noreferrer"
              className="rounded-xs underline decoration-line-strong underline-offset-2 hover:text-ink"
            >
              {text} <ExternalLink size={10} aria-label="on the web" role="img" className="inline" />
            </a>
          ) : (
            <span key={text}>{text}</span>
          ),
        )}
      </span>
    </ProblemRow>
  );
}
