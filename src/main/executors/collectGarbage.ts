import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collector: (() => void) | undefined;

/** Clears JavaScript's heap now, with the arrays that only it still held; does nothing where V8 cannot be asked. */
export function collectGarbage(): void {
  collector ??= findCollector();
  collector();
}

/** Node hands its collector out to a context that is made when V8 was told to. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const found = runInNewContext('typeof gc === "function" ? gc : undefined') as (() => void) | undefined;
  setFlagsFromString('--no-expose-gc');
  return found ?? (() => undefined);
}
