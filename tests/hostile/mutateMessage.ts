import type { Dice } from './mutate.ts';

type Field = string | number | bigint | boolean | Uint8Array | Field[] | FieldHolder | undefined;
type FieldHolder = { [name: string]: Field };

/** Lists are not walked further: a tensor of a thousand numbers is one place, not a thousand. */
const LONGEST_WALKED = 200;

const wholeNumbers = [0n, 1n, -1n, 2n, 7n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];
const numbers = [0, 1, -1, 2, 7, 0.5, 1e38, Number.NaN, 1000, 2 ** 31 - 1, -(2 ** 31)];
const texts = [
  '',
  '__proto__',
  'constructor',
  'Conv',
  'Loop',
  'ConstantOfShape',
  '\u0000\ud800',
  'long '.repeat(2000),
  // What a file may say of another one that it wants to be read.
  '../secret',
  '/etc/hostname',
  'out/secret',
  'values.bin/../../secret',
  '.',
];

/**
 * Changes one to four fields of a message that was decoded from Protocol Buffers, so that the file stays well-formed and is wrong
 * only in what it says: numbers exchanged for extremes, names for those of others, parts gone, there twice or in another place.
 */
export function mutateMessage(message: object, dice: Dice): void {
  for (let changes = 1 + dice.below(4); changes > 0; changes--) changeField(message as FieldHolder, dice);
}

interface Place {
  readonly holder: FieldHolder | Field[];
  readonly key: string;
}

function changeField(message: FieldHolder, dice: Dice): void {
  const places = placesOf(message);
  if (places.length === 0) return;
  const { holder, key } = dice.of(places);
  const present = fieldOf({ holder, key });
  // A value of the same kind from elsewhere is the mistake that readers foresee least.
  const alike = places.map(fieldOf).filter((other) => kindOf(other) === kindOf(present));
  const replace = (value: Field): void => {
    (holder as FieldHolder)[key] = value;
  };
  if (dice.below(4) === 0) return replace(dice.of(alike));
  if (Array.isArray(holder) && dice.below(4) === 0) {
    if (dice.below(2) === 0) holder.splice(Number(key), 1);
    else holder.push(present);
    return;
  }
  switch (typeof present) {
    case 'bigint':
      return replace(dice.of(wholeNumbers));
    case 'number':
      return replace(dice.of(numbers));
    case 'string':
      return replace(dice.of(texts));
    case 'boolean':
      return replace(!present);
    default:
      if (present instanceof Uint8Array) replace(present.subarray(0, dice.below(present.length + 1)));
      else if (Array.isArray(present)) replace(dice.below(2) === 0 ? [] : [...present, ...present]);
      else replace(dice.of(alike));
  }
}

const fieldOf = ({ holder, key }: Place): Field => (holder as FieldHolder)[key];

function kindOf(field: Field): string {
  if (field instanceof Uint8Array) return 'bytes';
  if (Array.isArray(field)) return `list of ${kindOf(field[0])}`;
  return typeof field === 'object' ? `message ${JSON.stringify(field['$typeName'])}` : typeof field;
}

function placesOf(message: FieldHolder): readonly Place[] {
  const places: Place[] = [];
  const pending: (FieldHolder | Field[])[] = [message];
  const seen = new Set<object>();
  for (let holder = pending.pop(); holder !== undefined; holder = pending.pop()) {
    // A part that was put in a second place is the same object.
    if (seen.has(holder)) continue;
    seen.add(holder);
    for (const [key, value] of Object.entries(holder)) {
      if (key.startsWith('$') || value === undefined) continue;
      places.push({ holder, key });
      const walked = typeof value === 'object' && !(value instanceof Uint8Array);
      if (walked && !(Array.isArray(value) && value.length > LONGEST_WALKED)) pending.push(value);
    }
  }
  return places;
}
