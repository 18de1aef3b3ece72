import type { EngineId } from '../../contract/engines.ts';
import type { Executor } from '../executors/compiledProgram.ts';
import { engineKindNamed } from './engineKinds.ts';

/** Names the engine that an engine process opens. */
const VARIABLE = 'SKIPWIRE_ENGINE';

/** What an engine process is told by whoever starts it. */
export function engineVariables(
  id: EngineId,
  environment: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return { ...environment, [VARIABLE]: id };
}

/** The engine that this process was told to open; TensorFlow when it was told nothing. */
export function engineAskedFor(environment: NodeJS.ProcessEnv = process.env): string {
  const name = environment[VARIABLE];
  return name === undefined || name === '' ? 'tensorflow' : name;
}

/** Opens the engine that this process was told to. Throws a `HostFailure`. */
export async function openEngineAskedFor(): Promise<{ id: EngineId; executor: Executor }> {
  const kind = engineKindNamed(engineAskedFor());
  return { id: kind.id, executor: await kind.open() };
}
