import type { EngineStatus } from '../../contract/contract.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { ConnectionState } from '../connection/hostConnection.ts';

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

const ENGINE_NAMES: Readonly<Record<EngineStatus['id'], string>> = {
  tensorflow: 'TensorFlow',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};

/** The engine that would train, or why none would. */
export function describeEngine(
  engines: readonly EngineStatus[] | undefined,
  installing: number | null,
): { readonly label: string; readonly detail: string } {
  const engine = engines?.find((one) => one.state === 'ready') ?? engines?.[0];
  if (engine === undefined) return { label: '', detail: '' };
  const name = [ENGINE_NAMES[engine.id], engine.version, engine.device]
    .filter((part) => part !== undefined)
    .join(' · ');
  switch (engine.state) {
    case 'ready':
      return { label: name, detail: engine.detail };
    case 'installing':
      return {
        label: `Installing ${ENGINE_NAMES[engine.id]}${installing === null ? '' : ` ${Math.floor(installing * 100)}%`}`,
        detail: engine.detail,
      };
    case 'missing':
      return { label: 'No engine installed', detail: engine.detail };
    case 'broken':
      return { label: `${ENGINE_NAMES[engine.id]} does not work`, detail: engine.detail };
    default:
      return assertNever(engine.state);
  }
}
