import { showToast } from '../ui/Toast.tsx';
import type { LayoutDirection } from './layout/layoutGraph.ts';
import { tidy } from './layout/tidy.ts';

/** Arranges the canvas, and says why when that fails. */
export function arrange(direction: LayoutDirection): void {
  void tidy(direction).then((problem) => {
    if (problem !== null) showToast({ tone: 'danger', title: 'Not arranged', description: problem });
  });
}
