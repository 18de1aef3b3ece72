/** The sections of the training form, in their order. */
export const settingGroups = ['basics', 'rate', 'gradients', 'generalization', 'measuring', 'machine'] as const;
export type SettingGroup = (typeof settingGroups)[number];

/** How a form shows a setting, beyond what its type says. */
export interface SettingMeta {
  readonly group?: SettingGroup;
  /** What leaving it out means, where the schema does not say. */
  readonly standard?: string | number | boolean;
  /** Of a choice: how its values are called. */
  readonly names?: Readonly<Record<string, string>>;
  /** Other words people search for. */
  readonly keywords?: readonly string[];
}
