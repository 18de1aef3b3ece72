import type { ClassificationReport } from '../../graph-engine/evaluation/classificationReport.ts';
import { classNames } from '../ui/classNames.ts';
import type { Cell } from './resultsStore.ts';

export interface ConfusionMatrixProps {
  readonly classes: readonly string[];
  readonly report: ClassificationReport;
  readonly chosen: Cell | null;
  readonly onChoose: (cell: Cell) => void;
}

/** What was taken for what. Each row is a class as it is; its shades are shares of that class. A press shows the samples. */
export function ConfusionMatrix({ classes, report, chosen, onChoose }: ConfusionMatrixProps) {
  return (
    <div className="overflow-auto" data-testid="confusion">
      <table className="border-separate border-spacing-px text-xs tabular-nums">
        <caption className="pb-1 text-left text-2xs text-ink-muted">
          Rows: what it is. Columns: what the network says.
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
          {report.confusion.map((row, truth) => (
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
                    share={count / Math.max(1, report.classes[truth]?.support ?? 1)}
                    label={`${classes[truth] ?? ''} taken for ${classes[predicted] ?? ''}: ${count}`}
                    isChosen={chosen?.truth === truth && chosen.predicted === predicted}
                    onChoose={onChoose}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellButtonProps {
  readonly cell: Cell;
  readonly count: number;
  readonly share: number;
  readonly label: string;
  readonly isChosen: boolean;
  readonly onChoose: (cell: Cell) => void;
}

/** Shade and number say the same, so colour is not the only sign; the shades stay so light that the number is read on all. */
function CellButton({ cell, count, share, label, isChosen, onChoose }: CellButtonProps) {
  const hue = cell.truth === cell.predicted ? 'var(--color-success)' : 'var(--color-danger)';
  const strength = count === 0 ? 0 : 6 + 22 * Math.sqrt(share);
  return (
    <button
      type="button"
      disabled={count === 0}
      aria-label={label}
      title={label}
      aria-pressed={isChosen}
      data-testid={`cell-${cell.truth}-${cell.predicted}`}
      onClick={() => onChoose(cell)}
      style={{ backgroundColor: `color-mix(in srgb, ${hue} ${strength}%, var(--color-sunken))` }}
      className={classNames(
        'h-6 min-w-9 px-1 text-center text-ink',
        count > 0 && 'cursor-pointer',
        isChosen && 'outline-2 outline-focus',
      )}
    >
      {count === 0 ? '' : count}
    </button>
  );
}
