import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { assignValues } from '../../graph-engine/training/sweep/assignValues.ts';
import type { SweepPlan, SweepPoint } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { HostFailure } from '../files/hostFailure.ts';

/** The document of a trial. Throws a `HostFailure` when these values do not go together. */
export function trialDocument(
  document: SkipwireDocument,
  { axes }: Pick<SweepPlan, 'axes'>,
  point: SweepPoint,
  epochs: number | undefined,
): SkipwireDocument {
  const assignments = axes.flatMap(({ paths }, axis) => {
    const value = point[axis];
    return value === undefined ? [] : paths.map((path) => ({ path, value }));
  });
  const assigned = assignValues(document, assignments);
  if (!assigned.ok) {
    const { code, message } = assigned.problem;
    throw new HostFailure({ code, message, remedy: 'Leave this combination out, or change the axes.' });
  }
  if (epochs === undefined) return assigned.document;
  return { ...assigned.document, training: { ...assigned.document.training, epochs } };
}
