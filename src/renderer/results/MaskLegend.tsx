import { useMemo } from 'react';
import { usePixels, type PixelImage } from '../samples/usePixels.ts';
import { classNames } from '../ui/classNames.ts';
import { classColour, classCover } from './paintMask.ts';

export interface MaskLegendProps {
  readonly classes: readonly string[];
  /** What is said beside each name, such as its share. */
  readonly figures?: readonly string[];
  readonly hidden: ReadonlySet<number>;
  readonly onToggle: (label: number) => void;
}

/** The classes with their colours and patterns; a press shows or hides one. */
export function MaskLegend({ classes, figures, hidden, onToggle }: MaskLegendProps) {
  return (
    <div role="group" aria-label="Classes that are shown" className="flex flex-wrap gap-1.5" data-testid="mask-legend">
      {classes.map((name, label) => (
        <button
          key={label}
          type="button"
          aria-pressed={!hidden.has(label)}
          onClick={() => onToggle(label)}
          title={hidden.has(label) ? `Show ${name}` : `Hide ${name}`}
          className={classNames(
            'flex h-6 items-center gap-1.5 rounded-md border px-1.5 text-2xs',
            hidden.has(label) ? 'border-dashed border-line-strong text-ink-muted' : 'border-line bg-raised text-ink',
          )}
        >
          <Swatch label={label} />
          {name}
          {figures?.[label] !== undefined && <span className="text-ink-muted tabular-nums">{figures[label]}</span>}
        </button>
      ))}
    </div>
  );
}

const SIDE = 16;
const PAPER = 255;

function Swatch({ label }: { readonly label: number }) {
  const canvas = usePixels(useMemo(() => swatch(label), [label]));
  return <canvas ref={canvas} aria-hidden className="size-4 rounded-xs border border-line-strong" />;
}

function swatch(label: number): PixelImage {
  const pixels = new Uint8ClampedArray(SIDE * SIDE * 4);
  const colour = classColour(label);
  for (let at = 0; at < SIDE * SIDE; at++) {
    const strength = classCover(label, at % SIDE, Math.floor(at / SIDE));
    for (let part = 0; part < 3; part++) {
      pixels[at * 4 + part] = PAPER * (1 - strength) + (colour[part] ?? 0) * strength;
    }
    pixels[at * 4 + 3] = 255;
  }
  return { width: SIDE, height: SIDE, pixels };
}

/** The other classes hidden, or this one shown again. */
export function toggled(hidden: ReadonlySet<number>, label: number): ReadonlySet<number> {
  const next = new Set(hidden);
  if (!next.delete(label)) next.add(label);
  return next;
}
