import { CircleCheck } from 'lucide-react';
import { useMemo } from 'react';
import { useDocument } from '../store/documentStore.ts';
import { goToPlace } from './goToPlace.ts';
import { ProblemRow } from './ProblemRow.tsx';
import { sortProblems } from './sortProblems.ts';

const MAXIMUM_SHOWN = 200;

/** What is wrong with the network, worst first; pressing one goes there. */
export function ProblemsPane() {
  const document = useDocument((state) => state.document);
  const diagnostics = useDocument((state) => state.inferred.diagnostics);
  const problems = useMemo(() => sortProblems(document, diagnostics), [document, diagnostics]);
  if (problems.length === 0) {
    return (
      <p className="flex h-full items-center justify-center gap-2 text-sm text-ink-muted" data-testid="problems">
        <CircleCheck size={16} aria-hidden className="text-success" /> No problems. This network can be trained.
      </p>
    );
  }
  return (
    <div
      className="h-full overflow-y-auto p-1.5"
      data-testid="problems"
      tabIndex={0}
      role="region"
      aria-label="List of problems"
    >
      <ul>
        {problems.slice(0, MAXIMUM_SHOWN).map(({ key, diagnostic, place }) => (
          <li key={key}>
            <ProblemRow diagnostic={diagnostic} place={place} onGo={() => goToPlace(diagnostic.at)} />
          </li>
        ))}
      </ul>
      {problems.length > MAXIMUM_SHOWN && (
        <p className="px-2 py-1 text-xs text-ink-muted">and {problems.length - MAXIMUM_SHOWN} more</p>
      )}
    </div>
  );
}
