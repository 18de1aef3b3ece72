import type { MeasureDescription } from '../../contract/run.ts';

const SPACE = '\u202f';

/** Seconds in words: `0.8 s`, `42 s`, `3 min 12 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) {
    const rest = whole % 60;
    return rest === 0 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 60)} min ${rest} s`;
  }
  const minutes = Math.round(whole / 60);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A whole number with thin spaces between thousands: `269 722`. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, SPACE);
}

/** A share from 0 to 1 as a percentage: `97.3 %`. */
export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)}${SPACE}%` : '–';
}

/** A loss with as many digits as tell something: `2.303`, `0.0412`, `3.1e-5`. */
export function formatLoss(loss: number): string {
  if (Number.isNaN(loss)) return 'not a number';
  if (!Number.isFinite(loss)) return 'infinite';
  if (loss === 0) return '0';
  if (Math.abs(loss) < 1e-3) return loss.toExponential(1);
  return Math.abs(loss) < 1 ? loss.toFixed(4) : loss.toPrecision(4);
}

/** A figure in the unit of its measure. */
export function formatFigure({ unit }: Pick<MeasureDescription, 'unit'>, value: number): string {
  return unit === 'share' ? formatPercent(value) : formatLoss(value);
}

/** A learning rate as one would type it, rounded to three digits. */
export function formatLearningRate(rate: number): string {
  if (rate === 0) return '0';
  const rounded = Number(rate.toPrecision(3));
  return rounded < 1e-4 ? rounded.toExponential().replace('e-', 'e−') : String(rounded);
}

/** Bytes in units of 1000: `812 B`, `1.1 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** When something was, seen from `now`, both in milliseconds since 1970. */
export function formatAge(then: number, now: number): string {
  const seconds = Math.max(0, (now - then) / 1000);
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** Epochs passed, such as `1 epoch` and `3.5 epochs`. */
export function formatEpochs(epochs: number): string {
  return `${Number(epochs.toFixed(2))} ${epochs === 1 ? 'epoch' : 'epochs'}`;
}
