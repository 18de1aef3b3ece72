import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/**
 * A line of a table.
 * @param {readonly string[]} cells
 */
export const tableLine = (cells) => `| ${cells.join(' | ')} |`;

/**
 * Puts a table between the two marks of a file.
 * @param {string} file
 * @param {readonly [string, string]} marks
 * @param {string} table
 */
export async function replaceTable(file, [begin, end], table) {
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no marks for a table.`);
  const replaced = `${text.slice(0, from)}${begin}\n\n${table}\n\n${text.slice(to)}`;
  writeFileSync(file, await format(replaced, { ...(await resolveConfig(file)), filepath: file }));
}
