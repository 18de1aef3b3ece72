/** A page that is not seen makes no frames. */
const LONGEST_MILLISECONDS = 100;

/** Waits until a frame is through, so that what was done is seen before more is done. */
export function afterFrame(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LONGEST_MILLISECONDS);
    requestAnimationFrame(() => setTimeout(resolve));
  });
}
