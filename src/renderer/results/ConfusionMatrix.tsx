import { classNames } from '../ui/classNames.ts';
import type { Cell } from './resultsStore.ts';

export interface ConfusionMatrixProps {
  readonly classes: readonly string[];
  /** `confusion[truth][predicted]`: samples, or pixels. */
  readonly confusion: readonly (readonly number[])[];
  /** What a cell shows; the count when left out. */
  readonly write?: (count: number, share: number) => string;
  /** What the cells count. */
  readonly unit?: string;
  readonly chosen?: Cell | null;
  /** Left out, cells are only looked at. */
  readonly onChoose?: (cell: Cell) => void;
}

/** What was taken for what. Each row is a class as it is; its shades are shares of that class. A press shows the samples. */
export function ConfusionMatrix({
  classes,
  confusion,
  write = String,
  unit = 'samples',
  chosen = null,
  onChoose,
}: ConfusionMatrixProps) {
  return (
    <div className="overflow-auto" data-testid="confusion">
      <table className="border-separate border-spacing-px text-xs tabular-nums">
        <caption className="pb-1 text-left text-2xs text-ink-muted">
          Rows: what it is. Columns: what the network says, in {unit}.
        </caption>
        <thead>
          <tr>
            <td />
            {classes.map((name, index) => (
              <th
                key={index}
                scope="col"
                className="max-w-16 truncate px-1 pb-1 font-normal text-ink-muted"
                title={name}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, truth) => {
            const support = Math.max(
              1,
              row.reduce((sum, count) => sum + count, 0),
            );
            return (
              <tr key={truth}>
                <th
                  scope="row"
                  className="max-w-28 truncate pr-2 text-right font-normal text-ink-muted"
                  title={classes[truth]}
                >
                  {classes[truth]}
                </th>
                {row.map((count, predicted) => (
                  <td key={predicted} className="p-0">
                    <CellButton
                      cell={{ truth, predicted }}
                      count={count}
                      share={count / support}
                      text={write(count, count / support)}
                      label={`${classes[truth] ?? ''} taken for ${classes[predicted] ?? ''}: ${count}`}
                      isChosen={chosen?.truth === truth && chosen.predicted === predicted}
                      onChoose={onChoose}
                    />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface CellButtonProps {
  readonly cell: Cell;
  readonly count: number;
  readonly share: number;
  readonly text: string;
  readonly label: string;
  readonly isChosen: boolean;
  readonly onChoose: ((cell: Cell) => void) | undefined;
}

/** Shade and number say the same, so colour is not the only sign; the shades stay so light that the number is read on all. */
function CellButton({ cell, count, share, text, label, isChosen, onChoose }: CellButtonProps) {
  const hue = cell.truth === cell.predicted ? 'var(--color-success)' : 'var(--color-danger)';
  const strength = count === 0 ? 0 : 6 + 22 * Math.sqrt(share);
  const style = { backgroundColor: `color-mix(in srgb, ${hue} ${strength}%, var(--color-sunken))` };
  if (onChoose === undefined) {
    return (
      <span className="block h-6 min-w-9 px-1 text-center leading-6 text-ink" title={label} style={style}>
        {count === 0 ? '' : text}
      </span>
    );
  }
  return (
    <button
      type="button"
      disabled={count === 0}
      aria-label={label}
      title={label}
      aria-pressed={isChosen}
      data-testid={`cell-${cell.truth}-${cell.predicted}`}
      onClick={() => onChoose(cell)}
      style={style}
      className={classNames(
        'h-6 min-w-9 px-1 text-center text-ink',
        count > 0 && 'cursor-pointer',
        isChosen && 'outline-2 outline-focus',
      )}
    >
      {count === 0 ? '' : text}
    </button>
  );
}
