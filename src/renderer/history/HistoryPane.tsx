import { useEffect, useRef } from 'react';
import { goToStep, useDocument } from '../store/documentStore.ts';
import { classNames } from '../ui/classNames.ts';

/** Everything that was done to the document; a press goes back or forth to it. */
export function HistoryPane() {
  const entries = useDocument((state) => state.entries);
  const position = useDocument((state) => state.position);
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [position, entries.length]);

  const labels = ['Opened', ...entries.map(({ label }) => label)];
  return (
    <div className="h-full overflow-y-auto p-2" data-testid="history">
      <ol ref={list} aria-label="History">
        {labels.map((label, step) => (
          <li key={step}>
            <button
              type="button"
              data-testid="history-step"
              aria-current={step === position ? 'step' : undefined}
              onClick={() => goToStep(step)}
              className={classNames(
                'flex h-7 w-full items-center gap-2 rounded-md px-2 text-left text-sm hover:bg-hover',
                step === position && 'bg-accent-soft font-medium text-accent-ink hover:bg-accent-soft',
                step > position && 'text-ink-faint',
              )}
            >
              <span className="w-6 shrink-0 text-right text-2xs tabular-nums">{step === 0 ? '' : step}</span>
              <span className="min-w-0 flex-1 truncate">{label}</span>
              {step > position && <span className="sr-only">undone</span>}
            </button>
          </li>
        ))}
      </ol>
      {entries.length === 0 && (
        <p className="px-2 py-2 text-xs text-ink-muted">
          What you do is listed here, step by step. Press a step to go back to it, and a later one to come forth again.
        </p>
      )}
    </div>
  );
}
