import type { EngineStatus } from '../../contract/contract.ts';
import type { Diagnostic, Fix } from '../../graph-engine/core/diagnostic.ts';
import type { ConnectionState } from '../connection/hostConnection.ts';

/** Why training cannot start now, and what would help. */
export interface TrainBlocker {
  readonly reason: string;
  readonly fix?: Fix;
  readonly install?: true;
}

export interface TrainSituation {
  readonly diagnostics: readonly Diagnostic[];
  readonly nodes: number;
  readonly connection: ConnectionState;
  /** Undefined until the host has described itself. */
  readonly engines: readonly EngineStatus[] | undefined;
}

/** What stands between the drawing and a run; null when nothing does. The user's own work is named first. */
export function trainBlocker({ diagnostics, nodes, connection, engines }: TrainSituation): TrainBlocker | null {
  if (nodes === 0) return { reason: 'Draw a network first: drag an Input onto the canvas.' };
  const errors = diagnostics.filter((one) => one.severity === 'error');
  const [first] = errors;
  if (first !== undefined) {
    const fix = errors.length === 1 ? first.fixes?.[0] : undefined;
    if (errors.length > 1) return { reason: `${errors.length} errors on the canvas come first. ${first.message}` };
    return { reason: first.message, ...(fix !== undefined && { fix }) };
  }
  if (connection === 'refused') return { reason: 'The engine host does not accept this link’s key.' };
  if (connection !== 'open') return { reason: 'The engine host is away; training can start when it is back.' };
  if (engines === undefined || engines.some((engine) => engine.state === 'ready')) return null;
  if (engines.some((engine) => engine.state === 'installing')) return { reason: 'The engine is being installed.' };
  const missing = engines.find((engine) => engine.state === 'missing');
  if (missing !== undefined) return { reason: `No engine is installed yet. ${missing.detail}`, install: true };
  return { reason: engines[0]?.detail ?? 'There is no engine to train with.' };
}
