const UNITS = ['', 'k', 'M', 'G', 'T'] as const;

/** A count in three digits: `864`, `4.64k`, `270k`, `41.1M`. */
export function formatCount(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  if (unit === 0) return String(count);
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)}${UNITS[unit] ?? ''}`;
}

/** A count in full: `269 722`, grouped by thin spaces. */
export function formatExactly(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}
