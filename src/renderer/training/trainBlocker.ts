import type { ConnectionState } from '../../contract/contract.ts';
import type { EngineList } from '../../contract/engines.ts';
import type { Diagnostic, Fix, Place } from '../../graph-engine/core/diagnostic.ts';
import type { KeptHindrance } from '../../graph-engine/infer/keptNodes.ts';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { NetworkEnds } from '../../graph-engine/training/matchData.ts';
import { dataFit } from './dataFit.ts';

/** Why training cannot start now, and what would help. */
export interface TrainBlocker {
  readonly reason: string;
  readonly fix?: Fix;
  readonly install?: true;
  /** Where it stands, when it is in the drawing. */
  readonly at?: Place;
}

export interface TrainSituation {
  readonly diagnostics: readonly Diagnostic[];
  readonly nodes: number;
  readonly connection: ConnectionState;
  /** What of a file is kept in the drawing and cannot be computed. */
  readonly kept: KeptHindrance | undefined;
  readonly network: NetworkEnds;
  /** The chosen data set; undefined while it is not known. */
  readonly data: DataSetDescription | undefined;
  /** Undefined until the host has described itself. */
  readonly engines: EngineList | undefined;
}

/** What stands between the drawing and a run; null when nothing does. The user's own work is named first. */
export function trainBlocker(situation: TrainSituation): TrainBlocker | null {
  const { diagnostics, nodes, kept, network, data, connection, engines } = situation;
  if (nodes === 0) return { reason: 'Draw a network first: drag an Input onto the canvas.' };
  const errors = diagnostics.filter((one) => one.severity === 'error');
  const [first] = errors;
  if (first !== undefined) {
    const fix = errors.length === 1 ? first.fixes?.[0] : undefined;
    const { at } = first;
    if (errors.length > 1) return { reason: `${errors.length} errors on the canvas come first. ${first.message}`, at };
    return { reason: first.message, at, ...(fix !== undefined && { fix }) };
  }
  if (kept !== undefined) return { reason: `${kept.message} ${kept.remedy}`, at: kept.at };
  if (network.outputs.length === 0) {
    return { reason: 'This network has no loss to learn from: its outputs only give features. It can be exported.' };
  }
  const fit = data === undefined ? undefined : dataFit(data, network);
  if (fit?.fits === false) return { reason: `${fit.reason} ${fit.remedy}` };
  if (connection === 'refused') return { reason: 'The engine host does not accept this link’s key.' };
  if (connection !== 'open') return { reason: 'The engine host is away; training can start when it is back.' };
  if (engines === undefined || engines.choice.engine !== null) return null;
  const chosen = engines.engines.find(({ id }) => id === engines.choice.wish.engine);
  const native = engines.engines.find(({ id }) => id === 'tensorflow');
  const install = (chosen ?? native)?.state === 'missing';
  const why = [chosen ?? native].map((one) => one?.remedy ?? one?.detail ?? '').join(' ');
  return { reason: `${engines.choice.reason} ${why}`.trim(), ...(install && { install }) };
}
