import { createEngineRegistry, type EngineRegistry } from '../engines/engineRegistry.ts';
import { parseEngineWish, wishOfEnvironment } from '../engines/engineWish.ts';
import { HostFailure } from '../files/hostFailure.ts';

/**
 * Decides which engine the processes of this command open: the one that is named, or the fastest that is known to work here. With
 * `measure` those that were never tried are tried first. Throws a `HostFailure` where there is none.
 */
export async function adoptEngine(name?: string, { measure = false } = {}): Promise<EngineRegistry> {
  const engines = createEngineRegistry({ wish: name === undefined ? wishOfEnvironment() : parseEngineWish(name) });
  const { engines: known, choice } = await engines.look();
  if (measure && choice.wish.engine === 'automatic' && known.some(({ state }) => state === 'probing')) {
    console.error('Measuring the engines of this machine, once ...');
    await engines.measured();
  }
  const found = await engines.engineFor();
  if (!found.ok) throw new HostFailure(found.problem);
  Object.assign(process.env, found.value.variables);
  return engines;
}
