const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * The character offset at which text stops being JSON, or its length when it merely ends too early. Engines word their
 * errors differently and some leave the place out. The nesting must be bounded beforehand.
 */
export function findJsonBreak(text: string): number {
  let at = 0;
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const take = (character: string): boolean => {
    match(SPACE);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };

  function member(): boolean {
    match(SPACE);
    return match(STRING) && take(':') && value();
  }

  function list(close: string, item: () => boolean): boolean {
    if (take(close)) return true;
    for (;;) {
      if (!item()) return false;
      if (take(close)) return true;
      if (!take(',')) return false;
    }
  }

  function value(): boolean {
    match(SPACE);
    if (take('{')) return list('}', member);
    if (take('[')) return list(']', value);
    return match(STRING) || match(NUMBER) || match(WORD);
  }

  value();
  match(SPACE);
  return at;
}
