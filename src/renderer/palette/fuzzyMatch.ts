/**
 * How well a query fits a text: 0 when its letters do not occur in order, more for letters in a row, at the starts of words
 * and early in the text.
 */
export function fuzzyScore(query: string, text: string): number {
  const wanted = query.toLowerCase().replace(/\s+/g, '');
  const lower = text.toLowerCase();
  if (wanted === '') return 1;
  const whole = lower.indexOf(query.trim().toLowerCase());
  // A whole word that somebody chose to search by says more than a part of a longer one.
  if (whole === 0) return lower.length === query.trim().length ? 3000 : 1000 - lower.length;
  if (whole > 0) return (/[^a-z0-9]/.test(lower[whole - 1] ?? '') ? 700 : 400) - lower.length;
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = lower.indexOf(letter, at + 1);
    if (next === -1) return 0;
    const isStart = next === 0 || /[^a-z0-9]/.test(lower[next - 1] ?? '') || /[A-Z]/.test(text[next] ?? '');
    score += next === at + 1 ? 12 : isStart ? 10 : 1;
    at = next;
  }
  // Letters scattered over a long text say nothing.
  return score >= wanted.length * 5 ? score : 0;
}

/** The items that fit, best first; all in their own order for an empty query. Words of the name count most. */
export function rank<Item>(
  items: readonly Item[],
  query: string,
  wordsOf: (item: Item) => { readonly name: string; readonly others: readonly string[] },
): Item[] {
  if (query.trim() === '') return [...items];
  return items
    .map((item, index) => {
      const { name, others } = wordsOf(item);
      const score = Math.max(fuzzyScore(query, name) * 2, ...others.map((word) => fuzzyScore(query, word)));
      return { item, index, score };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ item }) => item);
}
