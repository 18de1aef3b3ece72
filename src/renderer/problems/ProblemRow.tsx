import { CircleAlert, Lightbulb, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Diagnostic } from '../../graph-engine/core/diagnostic.ts';
import { FixButton } from './FixButton.tsx';

const ICONS = { error: CircleAlert, warning: TriangleAlert, advice: Lightbulb } as const;
const TONES = { error: 'text-danger', warning: 'text-warning', advice: 'text-accent-ink' } as const;

export interface ProblemRowProps {
  readonly diagnostic: Diagnostic;
  /** Shown, and pressed to go there; left out where the place is plain. */
  readonly place?: string;
  readonly onGo?: () => void;
  /** A button at the end of the row. */
  readonly action?: ReactNode;
  /** What is said below the message. */
  readonly children?: ReactNode;
}

/** One thing that is wrong: what was expected, what came, and buttons that mend it. */
export function ProblemRow({ diagnostic, place, onGo, action, children }: ProblemRowProps) {
  const { severity, message, expected, received, fixes = [] } = diagnostic;
  const Icon = ICONS[severity];
  const details = [
    expected === undefined ? '' : `expected ${expected}`,
    received === undefined ? '' : `received ${received}`,
  ];
  const body = (
    <>
      <span className="block text-sm text-ink">{message}</span>
      <span className="block text-2xs text-ink-muted">
        {[place ?? '', ...details].filter((part) => part !== '').join(' · ')}
      </span>
    </>
  );
  return (
    <div className="flex items-start gap-2.5 rounded-md px-2 py-1.5 hover:bg-hover">
      <Icon size={15} aria-label={severity} role="img" className={`mt-0.5 shrink-0 ${TONES[severity]}`} />
      <div className="min-w-0 flex-1">
        {onGo === undefined ? (
          <div>{body}</div>
        ) : (
          <button type="button" className="block w-full rounded-sm text-left" onClick={onGo}>
            {body}
          </button>
        )}
        {children}
        {fixes.length > 0 && (
          <div className="mt-1 flex flex-wrap gap-1.5">
            {fixes.map((fix) => (
              <FixButton key={fix.label} fix={fix} />
            ))}
          </div>
        )}
      </div>
      {action}
    </div>
  );
}
