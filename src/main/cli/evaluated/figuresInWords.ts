/** `98.2 %`; a dash for what there is not. */
export const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

/** A number with as many digits as say something. */
export const digits = (value: number | null): string => (value === null ? '–' : value.toPrecision(4));

/** The places of the `count` largest numbers, the largest first. */
export function largest(numbers: readonly number[], count: number): number[] {
  return [...numbers.keys()].sort((a, b) => (numbers[b] ?? 0) - (numbers[a] ?? 0)).slice(0, count);
}

/** Lines under a title, or nothing where there are none. */
export function below(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
