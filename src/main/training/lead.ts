/** What a device that computes beside the processor may be ahead of what is known of it, in calls. */
const MOST_AHEAD = 32;
/** Seconds of computing that it may be ahead: so long a wish may have to wait. */
const LONGEST_AHEAD = 0.5;
/** What the calls may have been fed with: until it has been used, the device holds it as well. */
const MOST_BYTES_AHEAD = 64 * 2 ** 20;

/** How far calls may be sent ahead of their results. */
export interface Lead {
  isFull(sent: readonly { readonly bytes: number }[]): boolean;
  /** So long the last calls took, one like the other. */
  took(secondsEach: number): void;
}

/** A lead that is short until it is known how long calls take. */
export function createLead(): Lead {
  let secondsEach = LONGEST_AHEAD;
  return {
    isFull(sent) {
      const bytes = sent.reduce((sum, one) => sum + one.bytes, 0);
      return sent.length >= Math.min(MOST_AHEAD, LONGEST_AHEAD / secondsEach) || bytes >= MOST_BYTES_AHEAD;
    },
    took(seconds) {
      secondsEach = seconds;
    },
  };
}
