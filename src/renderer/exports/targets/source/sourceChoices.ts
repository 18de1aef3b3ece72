import { create } from 'zustand';

/** What was chosen last: kept while the window is open, since one exports the same way again. */
export const useSourceChoices = create<{ readonly training: boolean }>(() => ({ training: false }));

/** Python imports no name with a dash. */
export function moduleName(stem: string): string {
  const plain = stem.replace(/[^A-Za-z0-9_]+/g, '_');
  return /^[0-9]/.test(plain) ? `net_${plain}` : plain;
}
