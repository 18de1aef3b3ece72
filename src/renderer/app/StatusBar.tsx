import { CircleAlert, CircleCheck, Lightbulb, TriangleAlert } from 'lucide-react';
import { useStore } from 'zustand';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';
import { trainingHints } from '../../graph-engine/training/trainingHints.ts';
import { isInFront } from '../panes/layout.ts';
import { togglePane, usePanes } from '../panes/paneStore.ts';
import { useAdvice } from '../problems/useAdvice.ts';
import { StatusTotals } from '../problems/StatusTotals.tsx';
import { useDocument } from '../store/documentStore.ts';
import { classNames } from '../ui/classNames.ts';
import { Tooltip } from '../ui/Tooltip.tsx';
import { describeConnection, describeEngine } from './describeConnection.ts';
import { setConnectOpen } from './shellStore.ts';

/** The bar at the bottom: problems, totals, engine, connection. */
export function StatusBar() {
  return (
    <footer
      data-window-region
      className="flex h-7 shrink-0 items-center gap-3 border-t border-line bg-surface px-2 text-2xs text-ink-muted tabular-nums"
    >
      <ProblemsButton />
      <span className="min-w-0 flex-1 truncate">
        <StatusTotals />
      </span>
      <EngineState />
      <ConnectionState />
    </footer>
  );
}

function ProblemsButton() {
  const document = useDocument((state) => state.document);
  const inferred = useDocument((state) => state.inferred.diagnostics);
  const diagnostics = [...inferred, ...trainingHints(document)];
  const open = usePanes(({ layout }) => isInFront(layout, 'problems'));
  const advice = useAdvice().length;
  const count = (severity: string) => diagnostics.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  return (
    <button
      type="button"
      aria-expanded={open}
      data-testid="problems-toggle"
      onClick={() => togglePane('problems')}
      className="flex h-5 items-center gap-2 rounded-sm px-1.5 hover:bg-hover hover:text-ink"
    >
      {errors + warnings === 0 ? (
        <span className="flex items-center gap-1">
          <CircleCheck size={12} className="text-success" aria-hidden /> No problems
        </span>
      ) : (
        <>
          <span className={classNames('flex items-center gap-1', errors > 0 && 'text-danger')}>
            <CircleAlert size={12} aria-hidden /> {errors} <span className="sr-only">errors</span>
          </span>
          <span className={classNames('flex items-center gap-1', warnings > 0 && 'text-warning')}>
            <TriangleAlert size={12} aria-hidden /> {warnings} <span className="sr-only">warnings</span>
          </span>
        </>
      )}
      {advice > 0 && (
        <span className="flex items-center gap-1" data-testid="advice-count" title="Advice">
          <Lightbulb size={12} aria-hidden /> {advice} <span className="sr-only">pieces of advice</span>
        </span>
      )}
    </button>
  );
}

function EngineState() {
  const engines = useStore(hostStore, (state) => state.description?.engines);
  const installing = useStore(hostStore, (state) => state.installing);
  const open = usePanes(({ layout }) => isInFront(layout, 'engines'));
  const { label, detail } = describeEngine(engines, installing);
  if (label === '') return null;
  return (
    <Tooltip content={detail} side="top">
      <button
        type="button"
        aria-expanded={open}
        className="h-5 min-w-0 truncate rounded-sm px-1.5 hover:bg-hover hover:text-ink"
        data-testid="engine-state"
        onClick={() => togglePane('engines')}
      >
        {label}
      </button>
    </Tooltip>
  );
}

const DOTS = {
  open: 'bg-success',
  connecting: 'bg-ink-faint',
  lost: 'bg-warning',
  refused: 'bg-danger',
  foreign: 'bg-danger',
  'other-version': 'bg-danger',
} as const;

function ConnectionState() {
  const { remote } = useHost();
  const state = useStore(hostStore, (host) => host.connection);
  const where = useStore(hostStore, ({ description }) => description);
  const { label, detail } = describeConnection(state);
  const place = state === 'open' && where !== null ? `${detail} ${where.machine}: ${where.workspace}` : detail;
  return (
    <Tooltip content={place} side="top">
      <button
        type="button"
        className="flex h-5 shrink-0 items-center gap-1.5 rounded-sm px-1 hover:bg-hover hover:text-ink"
        data-testid="connection-state"
        data-state={state}
        onClick={() => setConnectOpen(true)}
      >
        <span className={`size-1.5 rounded-full ${DOTS[state]}`} aria-hidden />
        <span role="status">
          {label}
          {remote !== undefined && state === 'open' && ` to ${where?.machine ?? remote}`}
        </span>
      </button>
    </Tooltip>
  );
}
