/** A page that is never idle acts nevertheless. */
const PATIENCE_MILLISECONDS = 300;

/** Acts when the browser has nothing else to do, soon in any case: not between a press and its frame. The answer takes it back. */
export function whenIdle(act: (timeLeft: () => number) => void): () => void {
  // Not every browser tells when it is idle.
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(() => act(() => Infinity));
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(
    (deadline) => act(() => (deadline.didTimeout ? Infinity : deadline.timeRemaining())),
    { timeout: PATIENCE_MILLISECONDS },
  );
  return () => cancelIdleCallback(handle);
}
