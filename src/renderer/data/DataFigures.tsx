import { TriangleAlert } from 'lucide-react';
import type { ClassBalance, DataCheck, NumberStatistics } from '../../contract/data.ts';
import { formatCount } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';

/** Classes shown of a set with many; the others are counted. */
const SHOWN = 100;

/** How many samples, or pixels, each class has. */
export function BalanceChart({ balance }: { readonly balance: ClassBalance }) {
  const most = Math.max(1, ...balance.classes.map(({ count }) => count));
  return (
    <figure className="flex flex-col gap-1" aria-label={`Balance of ${balance.target}`} data-testid="class-balance">
      <figcaption className="text-xs font-medium text-ink-muted">
        {balance.unit === 'samples' ? 'Samples' : 'Pixels'} of each class of “{balance.target}”
      </figcaption>
      <ul className="flex max-h-56 flex-col gap-0.5 overflow-y-auto">
        {balance.classes.slice(0, SHOWN).map(({ name, count }) => (
          <li key={name} className="grid grid-cols-[8rem_1fr_4rem] items-center gap-2 text-xs">
            <span className="truncate text-ink" title={name}>
              {name}
            </span>
            <span className="h-2.5 rounded-sm bg-sunken">
              <span
                className="block h-full min-w-px rounded-sm bg-accent"
                style={{ width: `${(count / most) * 100}%` }}
              />
            </span>
            <span className="text-right text-ink-muted tabular-nums">{formatCount(count)}</span>
          </li>
        ))}
      </ul>
      {balance.classes.length > SHOWN && (
        <p className="text-2xs text-ink-muted">and {balance.classes.length - SHOWN} more classes</p>
      )}
    </figure>
  );
}

/** Mean, deviation and range of each channel or column. */
export function StatisticsTable({
  statistics,
  measured,
}: {
  readonly statistics: readonly NumberStatistics[];
  readonly measured: number;
}) {
  const digits = (value: number): string => String(Number(value.toPrecision(4)));
  return (
    <div className="max-h-64 overflow-auto">
      <table className="w-full text-xs" data-testid="data-statistics">
        <caption className="pb-1 text-left font-medium text-ink-muted">
          Numbers, measured on {formatCount(measured)} samples
        </caption>
        <thead>
          <tr className="text-ink-muted">
            {['', 'Mean', 'Deviation', 'Least', 'Most'].map((title) => (
              <th key={title} scope="col" className="py-0.5 text-right font-medium first:text-left">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {statistics.map(({ name, mean, deviation, minimum, maximum }) => (
            <tr key={name} className="border-t border-line">
              <th scope="row" className="max-w-40 truncate py-0.5 text-left font-normal text-ink" title={name}>
                {name}
              </th>
              {[mean, deviation, minimum, maximum].map((value, index) => (
                <td key={index} className="py-0.5 text-right text-ink tabular-nums">
                  {digits(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export interface BrokenReportProps {
  readonly check: DataCheck;
  readonly leftOut: boolean;
  readonly onLeaveOut: () => void;
}

/** What cannot be read and why, with the way on. */
export function BrokenReport({ check, leftOut, onLeaveOut }: BrokenReportProps) {
  if (check.brokenCount === 0) return null;
  const count = `${formatCount(check.brokenCount)} ${check.brokenCount === 1 ? 'sample' : 'samples'}`;
  return (
    <section className="flex flex-col gap-1.5 rounded-md bg-warning-soft px-3 py-2" data-testid="broken-report">
      <div className="flex items-center gap-2 text-sm text-warning">
        <TriangleAlert size={14} className="shrink-0" aria-hidden />
        <span className="flex-1">
          {leftOut ? `${count} that cannot be read are left out.` : `${count} cannot be read.`}
        </span>
        {!leftOut && (
          <Button size="sm" onClick={onLeaveOut} data-testid="leave-out">
            Leave out and go on
          </Button>
        )}
      </div>
      <ul className="max-h-32 overflow-y-auto text-xs text-ink">
        {check.broken.map(({ path, why }) => (
          <li key={path} className="py-0.5">
            <span className="font-mono">{path}</span> · {why}
          </li>
        ))}
      </ul>
    </section>
  );
}
