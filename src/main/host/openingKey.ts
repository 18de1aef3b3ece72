import { createToken, sameToken } from './accessGuard.ts';

/** Time for a browser to start, on a busy machine. */
const GOOD_FOR_MILLISECONDS = 5 * 60_000;

/** A key that opens the editor once. */
export interface OpeningKey {
  readonly key: string;
  /** Whether `given` is the key, was never taken, and comes in time; from then on it is void. */
  take(given: string): boolean;
}

/**
 * Makes a key for the address that a browser is started with. Other users of the machine can read the arguments of programs, so
 * the token itself must not stand there.
 */
export function createOpeningKey(now: () => number = Date.now): OpeningKey {
  const key = createToken();
  const until = now() + GOOD_FOR_MILLISECONDS;
  let taken = false;
  return {
    key,
    take(given) {
      if (!sameToken(given, key) || taken || now() > until) return false;
      taken = true;
      return true;
    },
  };
}
