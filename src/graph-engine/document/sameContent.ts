/** Whether two pieces of a document say the same, whatever the order of their keys: edits and undo change that. */
export function sameContent(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const entries = (value: object): [string, unknown][] =>
    Object.entries(value).filter(([, item]) => item !== undefined) as [string, unknown][];
  const [left, right] = [entries(a), new Map(entries(b))];
  return left.length === right.size && left.every(([key, item]) => right.has(key) && sameContent(item, right.get(key)));
}
