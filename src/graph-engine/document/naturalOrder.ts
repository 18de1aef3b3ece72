const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'variant' });

function compare(a: string, b: string): number {
  return natural.compare(a, b) || (a < b ? -1 : 1);
}

/** Shorter lists are sorted faster than compared. */
const WORTH_REMEMBERING = 100;
/** More new keys than this are sorted with all the others. */
const MAXIMUM_INSERTED = 64;
let last: { readonly keys: readonly string[]; readonly ordered: readonly string[] } = { keys: [], ordered: [] };

function insert(ordered: string[], key: string): void {
  let [from, to] = [0, ordered.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(ordered[middle] ?? '', key) < 0) from = middle + 1;
    else to = middle;
  }
  ordered.splice(from, 0, key);
}

function fromLast(keys: readonly string[]): readonly string[] | undefined {
  if (keys.length === last.keys.length && keys.every((key, index) => key === last.keys[index])) return last.ordered;
  const before = new Set(last.keys);
  const added = keys.filter((key) => !before.has(key));
  if (added.length > MAXIMUM_INSERTED) return undefined;
  const now = new Set(keys);
  const ordered = last.ordered.filter((key) => now.has(key));
  for (const key of added) insert(ordered, key);
  return ordered;
}

/** Keys sorted as a reader counts: `conv-9` before `conv-10`. A long list that is nearly the last one is sorted from there. */
export function orderNaturally(keys: readonly string[]): readonly string[] {
  if (keys.length < WORTH_REMEMBERING) return keys.toSorted(compare);
  const ordered = fromLast(keys) ?? keys.toSorted(compare);
  last = { keys, ordered };
  return ordered;
}
