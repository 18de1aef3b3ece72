import type { Answer } from '../../contract/contract.ts';
import type { EngineId, EngineList, EngineVariant, EngineWish } from '../../contract/engines.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { takeEngines } from '../connection/hostStore.ts';
import { showToast } from '../ui/Toast.tsx';

/** Installs an engine, from a wheel in the workspace where one is named; progress comes as events. */
export async function installEngine(
  connection: ManagedConnection,
  variant: EngineVariant = 'cpu',
  wheel?: string,
): Promise<void> {
  const answer = await connection.call('engine/install', { variant, ...(wheel !== undefined && { wheel }) });
  // Who cancels knows.
  if (!answer.ok && answer.problem.code === 'engine/installation-cancelled') return;
  take(answer, 'The engine was not installed');
}

/** Ends an installation. */
export async function cancelInstallation(connection: ManagedConnection): Promise<void> {
  await connection.call('engine/cancel', {});
}

/** Removes an engine that Skipwire has installed. */
export async function uninstallEngine(connection: ManagedConnection, variant: EngineVariant): Promise<void> {
  take(await connection.call('engine/uninstall', { variant }), 'The engine was not removed');
}

/** Tests and measures engines anew. */
export async function probeEngines(connection: ManagedConnection, engine?: EngineId): Promise<void> {
  take(await connection.call('engine/probe', engine === undefined ? {} : { engine }), 'The engines were not tested');
}

/** Changes what later runs train on. */
export async function chooseEngine(connection: ManagedConnection, wish: EngineWish): Promise<void> {
  take(await connection.call('engine/choose', wish), 'The engine was not chosen');
}

function take(answer: Answer<EngineList>, failure: string): void {
  if (answer.ok) {
    takeEngines(answer.value);
    return;
  }
  const { message, received, remedy } = answer.problem;
  const description = [message, received, remedy].filter((part) => part !== undefined).join(' ');
  showToast({ tone: 'danger', title: failure, description });
}
