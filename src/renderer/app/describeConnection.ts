import type { ConnectionState } from '../../contract/contract.ts';
import type { EngineList } from '../../contract/engines.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { Installing } from '../connection/hostStore.ts';
import { shareInstalled } from '../engines/describeEngine.ts';

/** States that nothing but the user can mend. */
export function isForUserToMend(state: ConnectionState): boolean {
  return state === 'refused' || state === 'foreign' || state === 'other-version';
}

/** When a lost host is tried again, in words; `remaining` is in milliseconds. */
export function describeAttempt(remaining: number | null): string {
  const seconds = remaining === null ? 0 : Math.ceil(remaining / 1000);
  return seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…';
}

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
          'This link’s key is wrong: the host was started anew, or the link is incomplete. Open the link that Skipwire printed when it started, or give its key here. Your drawing is kept.',
      };
    case 'foreign':
      return {
        label: 'Not let in',
        detail: 'The host does not take this page for its editor. Your drawing is kept here.',
      };
    case 'other-version':
      return {
        label: 'Other version',
        detail:
          'The host is of another version than this editor: bring both to the same one. Your drawing is kept here.',
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
