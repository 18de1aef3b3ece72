import type { Dice } from './mutate.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const DEEP = 500;
/** Deeper than any stack. */
const BOTTOMLESS = 200_000;

/** Values that a field of any kind does not expect. */
const strangers: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => -1,
  () => 0,
  () => 0.5,
  () => 1e308,
  () => 2 ** 53,
  () => 4_294_967_296,
  () => '',
  () => '= filters *',
  () => '= 1 / 0',
  () => '= repeat(repeat(9))',
  () => '__proto__',
  () => '../../secret',
  () => '\u0000\ud800',
  () => 'long '.repeat(2000),
  () => [],
  () => ({}),
  () => ({ constructor: 1, toString: null }),
  () => Array.from({ length: 500 }, (_, index) => index),
  () => nested(DEEP),
];

function nested(depth: number): Json {
  let value: Json = 0;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { in: value };
  return value;
}

/** JSON text with one to three of its values or keys exchanged, gone, or there twice. */
export function mutateJson(text: string, dice: Dice): string {
  const root = { value: JSON.parse(text) as Json };
  for (let changes = 1 + dice.below(3); changes > 0; changes--) changePlace(root, dice);
  // Written twice, a key is legal JSON that no writer writes.
  const written = JSON.stringify(root.value) ?? 'undefined';
  switch (dice.below(20)) {
    case 0:
      return written.replace('{', '{"__proto__":{"polluted":1},');
    case 1:
      return written.replace(':', `:${'['.repeat(BOTTOMLESS)}${']'.repeat(BOTTOMLESS)},"rest":`);
    default:
      return written;
  }
}

function changePlace(root: { value: Json }, dice: Dice): void {
  const places = placesOf(root);
  const { holder, key } = dice.of(places);
  const present = holder[key];
  switch (dice.below(5)) {
    case 0:
      Reflect.deleteProperty(holder, key);
      break;
    case 1: {
      const other = dice.of(places);
      holder[key] = structuredClone(other.holder[other.key] ?? null);
      break;
    }
    case 2:
      holder[`${key}${dice.of(['', ' ', '2', '\u202e'])}`] = present ?? null;
      Reflect.deleteProperty(holder, key);
      break;
    case 3:
      holder[key] = Array.isArray(present)
        ? [...present, ...present]
        : typeof present === 'number'
          ? -present
          : [present ?? null];
      break;
    default:
      holder[key] = dice.of(strangers)();
  }
}

interface JsonPlace {
  readonly holder: Record<string, Json>;
  readonly key: string;
}

function placesOf(root: { value: Json }): readonly JsonPlace[] {
  const places: JsonPlace[] = [];
  const pending: object[] = [root];
  for (let holder = pending.pop(); holder !== undefined; holder = pending.pop()) {
    for (const [key, value] of Object.entries(holder)) {
      places.push({ holder: holder as Record<string, Json>, key });
      if (typeof value === 'object' && value !== null) pending.push(value as object);
    }
  }
  return places.length > 0 ? places : [{ holder: root, key: 'value' }];
}
