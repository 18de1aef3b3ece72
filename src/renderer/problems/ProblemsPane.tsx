import { ChevronRight, CircleCheck } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { adviseDocument } from '../../graph-engine/advice/adviseDocument.ts';
import { trainingHints } from '../../graph-engine/training/trainingHints.ts';
import { useDocument } from '../store/documentStore.ts';
import { useTrainBlocker } from '../training/TrainButton.tsx';
import { useSettled } from '../ui/useSettled.ts';
import { AdviceRow } from './AdviceRow.tsx';
import { goToPlace } from './goToPlace.ts';
import { ProblemRow } from './ProblemRow.tsx';
import { sortProblems } from './sortProblems.ts';

const MAXIMUM_SHOWN = 200;

/** What is wrong with the network, worst first, and below it what could be better; pressing one goes there. */
export function ProblemsPane() {
  const document = useDocument((state) => state.document);
  const diagnostics = useDocument((state) => state.inferred.diagnostics);
  const problems = useMemo(
    () => sortProblems(document, [...diagnostics, ...trainingHints(document)]),
    [document, diagnostics],
  );
  const blocker = useTrainBlocker();
  const settled = useSettled(document);
  const advice = useMemo(() => sortProblems(settled, adviseDocument(settled)), [settled]);
  const gone = new Set(document.dismissedAdvice ?? []);
  const open = advice.filter(({ diagnostic }) => !gone.has(diagnostic.key));
  const dismissed = advice.filter(({ diagnostic }) => gone.has(diagnostic.key));
  return (
    <div
      className="h-full overflow-y-auto p-1.5"
      data-testid="problems"
      tabIndex={0}
      role="region"
      aria-label="List of problems"
    >
      {problems.length === 0 && (
        <p className="flex items-start gap-2 px-2 py-2 text-sm text-ink-muted">
          <CircleCheck size={16} aria-hidden className="mt-0.5 shrink-0 text-success" />
          <span>
            {blocker === null ? 'No problems. This network can be trained.' : `No problems. ${blocker.reason}`}
          </span>
        </p>
      )}
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
      {open.length > 0 && (
        <Group title={`Advice (${open.length})`} open>
          {open.map(({ key, diagnostic, place }) => (
            <li key={key}>
              <AdviceRow advice={diagnostic} place={place} onGo={() => goToPlace(diagnostic.at)} />
            </li>
          ))}
        </Group>
      )}
      {dismissed.length > 0 && (
        <Group title={`Dismissed advice (${dismissed.length})`}>
          {dismissed.map(({ key, diagnostic, place }) => (
            <li key={key}>
              <AdviceRow advice={diagnostic} place={place} onGo={() => goToPlace(diagnostic.at)} dismissed />
            </li>
          ))}
        </Group>
      )}
    </div>
  );
}

function Group({
  title,
  open = false,
  children,
}: {
  readonly title: string;
  readonly open?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <details open={open} className="group mt-1">
      <summary className="flex h-6 list-none items-center gap-1 rounded-sm px-2 text-2xs font-medium text-ink-muted select-none hover:text-ink">
        <ChevronRight size={11} aria-hidden className="transition-transform group-open:rotate-90" />
        {title}
      </summary>
      <ul>{children}</ul>
    </details>
  );
}
