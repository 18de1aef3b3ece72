/** One setting of several runs or documents; `undefined` where one has none. */
export interface ComparedSetting {
  /** Its place, such as `learningRate` or `optimizer kind`. */
  readonly setting: string;
  readonly values: readonly (string | undefined)[];
}

/** Settings in one list: those inside others carry the name of these in front. */
export function flattenSettings(settings: object): ReadonlyMap<string, string> {
  const flat = new Map<string, string>();
  const add = (value: unknown, place: string): void => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [key, item] of Object.entries(value)) add(item, place === '' ? key : `${place} ${key}`);
    } else if (value !== undefined) {
      flat.set(place, typeof value === 'string' ? value : JSON.stringify(value));
    }
  };
  add(settings, '');
  return flat;
}

/** The settings that are not the same everywhere, in the order in which they are declared. */
export function settingsThatDiffer(all: readonly object[]): readonly ComparedSetting[] {
  const flat = all.map(flattenSettings);
  const places = [...new Set(flat.flatMap((one) => [...one.keys()]))];
  return places.flatMap((setting) => {
    const values = flat.map((one) => one.get(setting));
    return new Set(values).size > 1 ? [{ setting, values }] : [];
  });
}

/** A setting's place in words: `optimizer weightDecay` → `optimizer weight decay`, `schedule kind` → `schedule`. */
export function settingInWords(setting: string): string {
  return setting
    .replace(/(.) kind$/, '$1')
    .replace(/[a-z][A-Z]/g, ([low = '', high = '']) => `${low} ${high.toLowerCase()}`);
}
