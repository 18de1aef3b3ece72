import { LoaderCircle } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { useCanvas } from './canvasStore.ts';
import { cancelTidy } from './layout/tidy.ts';

/** Says that a layout is being computed, when it takes a moment, and lets it be given up. */
export function ArrangingBar() {
  const arranging = useCanvas((state) => state.arranging);
  if (!arranging) return null;
  return (
    <div role="status" className="sw-arranging" data-testid="arranging">
      <LoaderCircle size={14} aria-hidden className="animate-spin text-ink-muted motion-reduce:animate-none" />
      Arranging…
      <Button size="sm" onClick={cancelTidy} data-testid="cancel-arranging">
        Cancel
      </Button>
    </div>
  );
}
