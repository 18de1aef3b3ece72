/** Milliseconds within which crashes count together. */
const WINDOW = 60_000;
const MAXIMUM_CRASHES = 5;

/**
 * How long to wait before starting the engine host again after it ended by itself: at once the first time, then longer
 * and longer; null when it ended so often within a minute that starting it again is no help. Times are in milliseconds.
 */
export function restartDelay(crashes: readonly number[], now: number): number | null {
  const recent = crashes.filter((time) => now - time < WINDOW).length;
  if (recent > MAXIMUM_CRASHES) return null;
  return recent <= 1 ? 0 : 250 * 2 ** (recent - 2);
}
