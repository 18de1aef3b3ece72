import { GitCompare } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { RunId } from '../../contract/run.ts';
import { diffDocuments } from '../../graph-engine/diff/diffDocuments.ts';
import { summarizeDiff } from '../../graph-engine/diff/describeDiff.ts';
import { networkDifferences, type DocumentDiff } from '../../graph-engine/diff/documentDiff.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { DifferencesList } from '../compare/DifferencesList.tsx';
import { useHost } from '../connection/host.ts';
import { formatCount } from '../training/format.ts';
import { readRun } from '../training/runStore.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Select.tsx';
import { markOnCanvas } from './runsActions.ts';
import type { ComparedRun } from './useChosenCurves.ts';

/** The documents that runs trained; `null` where it cannot be read. */
function useTrained(runs: readonly RunId[]): Readonly<Record<RunId, SkipwireDocument | null>> {
  const { connection } = useHost();
  const [known, setKnown] = useState<Readonly<Record<RunId, SkipwireDocument | null>>>({});
  const missing = runs.filter((run) => !(run in known)).join('\n');
  useEffect(() => {
    let isWanted = true;
    for (const run of missing.split('\n').filter(Boolean)) {
      void readRun(connection, run).then((record) => {
        if (isWanted) setKnown((before) => ({ ...before, [run]: record?.document ?? null }));
      });
    }
    return () => {
      isWanted = false;
    };
  }, [connection, missing]);
  return known;
}

/** What differs between the networks of two runs, with the way to see it on the canvas. */
export function NetworkPanel({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const { connection } = useHost();
  const ids = runs.map(({ summary }) => summary.id);
  const [wanted, setWanted] = useState<readonly [RunId | null, RunId | null]>([null, null]);
  const earlier = ids.find((id) => id === wanted[0]) ?? ids[0];
  const later = ids.find((id) => id === wanted[1] && id !== earlier) ?? ids.find((id) => id !== earlier);
  const documents = useTrained([earlier, later].flatMap((id) => id ?? []));
  const [before, after] = [documents[earlier ?? ''], documents[later ?? '']];
  const diff = useMemo(
    () => (before && after ? networkDifferences(diffDocuments(before, after)) : undefined),
    [before, after],
  );
  if (earlier === undefined || later === undefined)
    return <p className="p-3 text-xs text-ink-muted">Choose another run in the table to compare networks.</p>;
  const options = ids.map((id) => ({ value: id, label: id }));
  return (
    <div className="flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-end gap-2">
        {ids.length > 2 && (
          <>
            <Select label="From" wide value={earlier} options={options} onChange={(run) => setWanted([run, later])} />
            <Select
              label="To"
              wide
              value={later}
              options={options.filter(({ value }) => value !== earlier)}
              onChange={(run) => setWanted([earlier, run])}
            />
          </>
        )}
        <Button
          size="sm"
          className="h-7"
          icon={<GitCompare size={13} aria-hidden />}
          disabled={diff === undefined}
          onClick={() => void markOnCanvas(connection, earlier, later)}
          data-testid="network-on-canvas"
        >
          Show on the canvas
        </Button>
        {diff !== undefined && (
          <span className="py-1 text-xs text-ink-muted" data-testid="network-summary">
            {earlier} → {later}: {summarizeDiff(diff)}
            {costText(diff)}
          </span>
        )}
      </div>
      {before === null || after === null ? (
        <p role="alert" className="text-xs text-danger">
          The document of {before === null ? earlier : later} cannot be read.
        </p>
      ) : (
        diff !== undefined && <DifferencesList diff={diff} />
      )}
    </div>
  );
}

function costText({ costs: { parameters } }: DocumentDiff): string {
  const [before, after] = parameters;
  if (before === after) return '';
  return ` · ${after > before ? '+' : '−'}${formatCount(Math.abs(after - before))} parameters`;
}
