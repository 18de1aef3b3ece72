import type { EngineList } from '../../contract/engines.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { ConnectionState } from '../connection/hostConnection.ts';
import type { Installing } from '../connection/hostStore.ts';
import { shareInstalled } from '../engines/describeEngine.ts';

/** The state of the connection, short enough for the status bar. */
export function describeConnection(state: ConnectionState): { readonly label: string; readonly detail: string } {
  switch (state) {
    case 'connecting':
      return { label: 'Connecting…', detail: 'Reaching the engine host.' };
    case 'open':
      return { label: 'Connected', detail: 'The engine host answers.' };
    case 'lost':
      return {
        label: 'Reconnecting…',
        detail:
          'The engine host is away. You can go on drawing; nothing is lost, and training is possible when it is back.',
      };
    case 'refused':
      return {
        label: 'Wrong key',
        detail:
          'This link’s key is wrong: the host was started anew, or the link is incomplete. Open the link that Skipwire printed when it started. Your drawing is kept here.',
      };
    default:
      return assertNever(state);
  }
}

/** The engine that would train, or why none would. */
export function describeEngine(
  list: EngineList | undefined,
  installing: Installing | null,
): { readonly label: string; readonly detail: string } {
  if (installing !== null) {
    const share = shareInstalled(installing);
    return {
      label: `Installing${share === undefined ? '' : ` ${Math.floor(share * 100)}%`}`,
      detail: installing.phase,
    };
  }
  if (list === undefined) return { label: '', detail: '' };
  const { engines, choice } = list;
  const engine = engines.find(({ id }) => id === choice.engine);
  if (engine === undefined) return { label: 'No engine', detail: choice.reason };
  const device = engine.device?.kind === 'processor' ? 'CPU' : engine.device?.name;
  const label = [engine.title, engine.version, device].filter((part) => part !== undefined).join(' · ');
  return { label, detail: `${choice.reason} ${engine.detail}` };
}
