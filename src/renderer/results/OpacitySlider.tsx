export interface OpacitySliderProps {
  /** From 0 to 1. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** How strongly masks cover their images. */
export function OpacitySlider({ value, onChange }: OpacitySliderProps) {
  return (
    <label className="flex items-center gap-1.5 text-xs text-ink-muted">
      Opacity
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
        data-testid="mask-opacity"
        className="h-4 w-28 accent-accent"
      />
    </label>
  );
}
