import { classWidth } from '../formatRows.ts';

/** What was taken for what, as rows of a table; `short` writes a count. */
export function confusionRows(
  classes: readonly string[],
  confusion: readonly (readonly number[])[],
  short: (count: number) => string = String,
): readonly (readonly string[])[] {
  return [
    ['truth \\ said', ...classes.map((name) => name.slice(0, classWidth(classes.length)))],
    ...confusion.map((row, index) => [classes[index] ?? '', ...row.map((count) => (count === 0 ? '·' : short(count)))]),
  ];
}
