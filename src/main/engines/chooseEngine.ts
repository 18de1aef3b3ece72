import type { EngineChoice, EngineId, EngineStatus, EngineWish } from '../../contract/engines.ts';

/** Those that run anywhere and may be used before they are measured, the faster first. */
const TRUSTED: readonly EngineId[] = ['tensorflow', 'wasm'];

/**
 * What a run that begins now trains on. A wish is followed or not at all: nothing else takes the place of an engine that the
 * user has named. Without one it is the fastest that has passed its self-test; software that plays a graphics processor never is.
 */
export function chooseEngine(wish: EngineWish, engines: readonly EngineStatus[]): EngineChoice {
  if (wish.engine !== 'automatic') {
    const wanted = engines.find(({ id }) => id === wish.engine);
    if (wanted === undefined) return { wish, engine: null, reason: `This Skipwire has no engine "${wish.engine}".` };
    if (wanted.state === 'ready' || wanted.state === 'probing') {
      return { wish, engine: wanted.id, reason: `You have chosen ${wanted.title}.` };
    }
    return { wish, engine: null, reason: `You have chosen ${wanted.title}, which cannot be used: ${wanted.detail}` };
  }
  const measured = engines
    .filter(({ state, device }) => state === 'ready' && device?.kind !== 'software')
    .toSorted((a, b) => (b.gflops ?? 0) - (a.gflops ?? 0));
  const [fastest] = measured;
  if (fastest !== undefined) {
    const reason = measured.length === 1 ? 'The engine that works here.' : 'The fastest that works here.';
    return { wish, engine: fastest.id, reason };
  }
  for (const id of TRUSTED) {
    const waiting = engines.find((one) => one.id === id && one.state === 'probing');
    if (waiting !== undefined) return { wish, engine: id, reason: 'The engines are still being measured.' };
  }
  return { wish, engine: null, reason: 'No engine works on this machine yet.' };
}
