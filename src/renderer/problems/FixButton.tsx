import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip';
import { Wrench } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { FixPreview } from '../../graph-engine/advice/previewFix.ts';
import type { Fix } from '../../graph-engine/core/diagnostic.ts';
import { Button } from '../ui/Button.tsx';
import { applyFix } from './applyFix.ts';
import { PreviewCard } from './PreviewCard.tsx';
import { forgetPreview, thinkAbout } from './previewStore.ts';

/** Mends a problem. While the pointer or the focus rests on it, it says what would change and shows it on the canvas. */
export function FixButton({ fix }: { readonly fix: Fix }) {
  const [preview, setPreview] = useState<FixPreview | null>(null);
  useEffect(() => forgetPreview, []);

  function change(open: boolean): void {
    if (open) setPreview(thinkAbout(fix));
    else {
      setPreview(null);
      forgetPreview();
    }
  }

  return (
    <BaseTooltip.Root onOpenChange={change}>
      <BaseTooltip.Trigger
        delay={200}
        render={
          <Button
            size="sm"
            className="h-auto! min-h-6 max-w-full shrink! py-0.5 text-left whitespace-normal!"
            icon={<Wrench size={12} aria-hidden className="shrink-0" />}
            onClick={() => {
              change(false);
              applyFix(fix);
            }}
            data-testid={`fix-${fix.command}`}
          >
            {fix.label}
          </Button>
        }
      />
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner side="right" align="end" sideOffset={8} className="z-50">
          <BaseTooltip.Popup className="w-80 max-w-[calc(100vw-2rem)] rounded-lg bg-raised p-3 text-xs text-ink shadow-popup">
            {preview !== null && <PreviewCard preview={preview} />}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}
