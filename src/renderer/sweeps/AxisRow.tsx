import { Link2, X } from 'lucide-react';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { parseAxis, rangeTextOf } from '../../graph-engine/training/sweep/axisText.ts';
import { gridValues } from '../../graph-engine/training/sweep/axisValues.ts';
import type { SweepAxis, SweepRange } from '../../graph-engine/training/sweep/sweepPlan.ts';
import type { SweepProblem } from '../../graph-engine/training/sweep/sweepProblem.ts';
import { targetNamed } from '../../graph-engine/training/sweep/sweepTargets.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Select } from '../ui/Select.tsx';
import { CompactNumber, CompactText } from './CompactField.tsx';
import { shortPath, shortValue } from './describeSweep.ts';

export interface AxisRowProps {
  readonly document: SkipwireDocument;
  readonly axis: SweepAxis;
  /** From 0. */
  readonly place: number;
  /** Whether points are drawn: then a range has no steps. */
  readonly drawn: boolean;
  readonly problems: readonly SweepProblem[];
  readonly onChange: (axis: SweepAxis) => void;
  readonly onRemove: () => void;
  /** Asks for another path that gets the same value. */
  readonly onTie: () => void;
}

const KINDS = [
  { value: 'values', label: 'Values' },
  { value: 'linear', label: 'Range' },
  { value: 'log', label: 'By factors' },
] as const;

/** One axis of a sweep: what is varied, and between which values. */
export function AxisRow({ document, axis, place, drawn, problems, onChange, onRemove, onTie }: AxisRowProps) {
  const { paths, range } = axis;
  const [path = ''] = paths;
  const target = targetNamed(document, path);
  const isNumber = target?.values.kind === 'number';
  const setRange = (next: SweepRange): void => onChange({ ...axis, range: next });
  return (
    <li
      className="flex flex-col gap-1.5 rounded-md border border-line bg-sunken px-3 py-2"
      data-testid={`axis-row-${path}`}
    >
      <div className="flex items-center gap-2">
        <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 text-sm font-medium text-ink">
          {paths.map((one) => (
            <span key={one} className="flex min-w-0 items-center" title={one}>
              <span className="truncate">{shortPath(one)}</span>
              {paths.length > 1 && (
                <IconButton
                  label={`Do not vary ${one}`}
                  icon={<X size={11} aria-hidden />}
                  className="size-6"
                  onClick={() => onChange({ ...axis, paths: paths.filter((other) => other !== one) })}
                />
              )}
            </span>
          ))}
          {target?.now !== undefined && (
            <span className="text-xs font-normal text-ink-muted">now {shortValue(target.now)}</span>
          )}
        </span>
        <IconButton
          label="Give another parameter the same value"
          icon={<Link2 size={13} aria-hidden />}
          className="size-6"
          onClick={onTie}
          data-testid={`tie-${path}`}
        />
        <IconButton
          label={`Remove ${path}`}
          icon={<X size={13} aria-hidden />}
          className="size-6"
          onClick={onRemove}
          data-testid={`remove-axis-${path}`}
        />
      </div>
      <div className="flex flex-wrap items-end gap-2">
        {isNumber && (
          <div className="w-28">
            <Select
              label="Between"
              wide
              value={range.kind}
              options={KINDS}
              onChange={(kind) =>
                setRange(rangeOfKind(kind, range, target.values.kind === 'number' && target.values.integer))
              }
              data-testid={`range-kind-${place}`}
            />
          </div>
        )}
        {range.kind === 'values' ? (
          <CompactText
            label="Values, with commas"
            className="min-w-36 flex-1"
            value={rangeTextOf(range)}
            whyNot={(text) => (parseValues(text) === undefined ? 'Write values with commas between them.' : undefined)}
            onCommit={(text) => setRange(parseValues(text) ?? range)}
            data-testid={`values-${place}`}
          />
        ) : (
          <>
            <CompactNumber
              label="From"
              className="w-24"
              value={range.from}
              onCommit={(from) => setRange({ ...range, from })}
              data-testid={`from-${place}`}
            />
            <CompactNumber
              label="To"
              className="w-24"
              value={range.to}
              onCommit={(to) => setRange({ ...range, to })}
              data-testid={`to-${place}`}
            />
            {!drawn && (
              <CompactNumber
                label="Values"
                className="w-16"
                value={range.steps}
                bounds={{ integer: true, minimum: 2, maximum: 100 }}
                onCommit={(steps) => setRange({ ...range, steps })}
                data-testid={`steps-${place}`}
              />
            )}
          </>
        )}
      </div>
      {range.kind !== 'values' && !drawn && problems.length === 0 && (
        <p className="truncate text-2xs text-ink-muted">{gridValues(range).map(shortValue).join(' · ')}</p>
      )}
      {problems.map(({ code, message, expected, remedy }) => (
        <p key={`${code} ${message}`} role="alert" className="text-xs text-danger">
          {message} {expected === undefined ? '' : `Expected ${expected}.`} {remedy}
        </p>
      ))}
    </li>
  );
}

function parseValues(text: string): SweepRange | undefined {
  const parsed = parseAxis(`axis=${text}`);
  return parsed.ok && parsed.axis.range.kind === 'values' ? parsed.axis.range : undefined;
}

/** The same values, laid out in another way. */
function rangeOfKind(kind: SweepRange['kind'], before: SweepRange, integer: boolean): SweepRange {
  if (kind === before.kind) return before;
  if (kind === 'values') return { kind, values: [...gridValues(before)] };
  if (before.kind !== 'values') return { ...before, kind };
  const numbers = before.values.filter((value) => typeof value === 'number');
  const [low, high] = numbers.length === 0 ? [1, 2] : [Math.min(...numbers), Math.max(...numbers)];
  return { kind, from: low, to: high, steps: 5, ...(integer && { integer: true as const }) };
}
