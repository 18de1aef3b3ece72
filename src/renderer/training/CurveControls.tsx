import { classNames } from '../ui/classNames.ts';
import type { CurveAxis } from './curves.ts';

const AXES: readonly (readonly [CurveAxis, string])[] = [
  ['epoch', 'Epoch'],
  ['step', 'Step'],
  ['time', 'Time'],
];

/** What curves are drawn over. `testId` begins the names of its buttons. */
export function CurveAxisChoice({
  axis,
  testId,
  onChange,
}: {
  readonly axis: CurveAxis;
  readonly testId: string;
  readonly onChange: (axis: CurveAxis) => void;
}) {
  return (
    <span className="flex rounded-md bg-sunken p-0.5" role="radiogroup" aria-label="Curves over">
      {AXES.map(([value, label]) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={axis === value}
          data-testid={`${testId}-${value}`}
          onClick={() => onChange(value)}
          className={classNames(
            'h-6 rounded-sm px-1.5 hover:text-ink',
            axis === value && 'bg-raised text-ink shadow-card',
          )}
        >
          {label}
        </button>
      ))}
    </span>
  );
}

/** How much curves are smoothed, from 0 to nearly 1. */
export function CurveSmoothing({
  smoothing,
  testId,
  onChange,
}: {
  readonly smoothing: number;
  readonly testId: string;
  readonly onChange: (smoothing: number) => void;
}) {
  return (
    <label className="flex items-center gap-1.5">
      Smooth
      <input
        type="range"
        min={0}
        max={0.98}
        step={0.02}
        value={smoothing}
        onChange={(event) => onChange(Number(event.target.value))}
        className="h-6 w-16"
        data-testid={testId}
      />
    </label>
  );
}
