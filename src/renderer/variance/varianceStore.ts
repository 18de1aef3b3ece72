import { createStore } from 'zustand/vanilla';

/** Whether the forecast of variances is shown. */
export const varianceStore = createStore<{ readonly open: boolean }>()(() => ({ open: false }));

/** Shows the forecast, or puts it away. */
export function setVarianceOpen(open: boolean): void {
  varianceStore.setState({ open });
}
