import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { keptHindrance } from '../../graph-engine/infer/keptNodes.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import { matchData } from '../../graph-engine/training/matchData.ts';
import { networkEnds } from '../../graph-engine/training/networkEnds.ts';
import { trainingObstacle } from '../../graph-engine/training/trainingObstacle.ts';
import { dataSourceFor } from '../datasets/dataSourceFor.ts';
import { HostFailure } from '../files/hostFailure.ts';

/** Says what the data of settings are, without reading every sample. */
export type DescribeData = (settings: TrainingSettings) => Promise<DataSetDescription>;

/** Throws a `HostFailure` for what would stop a training before it begins: errors in the drawing, data that do not fit. */
export async function requireTrainable(
  document: SkipwireDocument,
  describeData: DescribeData = async (settings) => (await dataSourceFor(settings)).description,
): Promise<void> {
  const { root, diagnostics } = inferDocument(document);
  const [first, ...others] = diagnostics.filter(({ severity }) => severity === 'error');
  if (first !== undefined) {
    const place = [...first.at.path, ...(first.at.node === undefined ? [] : [first.at.node])].join(' › ');
    throw new HostFailure({
      code: 'document/has-errors',
      message: `The network has ${others.length + 1 === 1 ? 'an error' : `${others.length + 1} errors`}. ${place === '' ? '' : `${place}: `}${first.message}`,
      ...(first.expected !== undefined && { expected: first.expected }),
      ...(first.received !== undefined && { received: first.received }),
      remedy: 'Mend what the editor marks in red; "skipwire check" lists it too.',
    });
  }
  const kept = keptHindrance(root);
  if (kept !== undefined) {
    throw new HostFailure({ code: 'graph/kept-operator', message: kept.message, remedy: kept.remedy });
  }
  const ends = networkEnds(root);
  const obstacle = trainingObstacle(document.training, ends);
  if (obstacle !== undefined) throw new HostFailure(obstacle);
  const match = matchData(await describeData(document.training), ends);
  if (!match.ok) throw new HostFailure(match.error);
}
