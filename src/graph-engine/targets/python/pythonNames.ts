/** Words of Python and built-in names that the source uses, which no attribute or variable may take. */
export const PYTHON_WORDS: readonly string[] = (
  'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
  'import in is lambda nonlocal not or pass raise return try while with match case ' +
  'self math range zip len int float tuple list print super sum max min type'
).split(' ');

/** A name in Python's style for variables: `zeroScale` and `Zero scale` become `zero_scale`. */
export function snakeCase(text: string): string {
  const words = asciiOf(text)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(words) ? words : `n${words === '' ? '' : `_${words}`}`;
}

/** A name in Python's style for classes: `residual-basic` becomes `ResidualBasic`, `ResNet-20` `ResNet20`. */
export function pascalCase(text: string): string {
  const words = asciiOf(text)
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => (word[0] ?? '').toUpperCase() + word.slice(1))
    .join('');
  return /^[A-Z]/.test(words) ? words : `Net${words}`;
}

function asciiOf(text: string): string {
  return text.normalize('NFKD').replaceAll(/[\u0300-\u036f]/g, '');
}

/** Hands out names, each once. */
export interface Names {
  take(wanted: string): string;
}

/** Names other than Python's own words and `reserved`. */
export function createNames(...reserved: readonly Iterable<string>[]): Names {
  const taken = new Set(PYTHON_WORDS);
  for (const some of reserved) for (const name of some) taken.add(name);
  return {
    take(wanted) {
      let name = wanted;
      for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
      taken.add(name);
      return name;
    },
  };
}
