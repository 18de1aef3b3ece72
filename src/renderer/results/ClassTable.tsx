import type { ClassificationReport } from '../../graph-engine/evaluation/classificationReport.ts';
import { FigureTable, percent } from './FigureTable.tsx';

/** Precision, recall and F1 of each class. */
export function ClassTable({
  classes,
  report,
}: {
  readonly classes: readonly string[];
  readonly report: ClassificationReport;
}) {
  return (
    <FigureTable
      titles={['Class', 'Precision', 'Recall', 'F1', 'Samples']}
      rows={report.classes.map(({ precision, recall, f1, support }, index) => ({
        name: classes[index] ?? String(index),
        figures: [percent(precision), percent(recall), percent(f1), String(support)],
      }))}
      data-testid="class-table"
    />
  );
}
