import type { ClassificationReport } from '../../graph-engine/evaluation/classificationReport.ts';

const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

/** Precision, recall and F1 of each class. */
export function ClassTable({
  classes,
  report,
}: {
  readonly classes: readonly string[];
  readonly report: ClassificationReport;
}) {
  return (
    <table className="text-xs tabular-nums" data-testid="class-table">
      <thead className="text-left text-ink-muted">
        <tr>
          {['Class', 'Precision', 'Recall', 'F1', 'Samples'].map((title) => (
            <th key={title} scope="col" className="py-1 pr-5 font-normal">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {report.classes.map(({ precision, recall, f1, support }, index) => (
          <tr key={index} className="border-t border-line">
            <th
              scope="row"
              className="max-w-40 truncate py-1 pr-5 text-left font-medium text-ink"
              title={classes[index]}
            >
              {classes[index]}
            </th>
            {[percent(precision), percent(recall), percent(f1), String(support)].map((figure, column) => (
              <td key={column} className="pr-5">
                {figure}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
