/** How the curve of a run looks: colour, dashes and markers, so that none of them alone has to tell it from others. */
export interface RunMark {
  /** Name of a colour of the theme, such as `run-teal`. */
  readonly colour: string;
  /** Lengths of dashes and gaps in pixels; a whole line where there are none. */
  readonly dash: readonly number[];
  readonly marker: Marker;
}

export type Marker = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'plus';

const COLOURS = ['indigo', 'orange', 'teal', 'magenta', 'olive', 'sky', 'red', 'brown'].map((name) => `run-${name}`);
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
const MARKERS = ['circle', 'square', 'triangle', 'diamond', 'cross', 'plus'] as const satisfies Marker[];

/** The look of the run at a place; twelve neighbours differ in dashes and markers alone. */
export function markAt(slot: number): RunMark {
  return {
    colour: COLOURS[slot % COLOURS.length] ?? 'run-indigo',
    dash: DASHES[slot % DASHES.length] ?? [],
    marker: MARKERS[(slot + Math.floor(slot / 12)) % MARKERS.length] ?? 'circle',
  };
}

/** A marker about 0, 0 as the path of an SVG; what is not to be filled is drawn as lines. */
export function markerPath(marker: Marker, size: number): { readonly d: string; readonly filled: boolean } {
  const r = size / 2;
  const by = (factor: number): number => Math.round(r * factor * 100) / 100;
  switch (marker) {
    case 'circle':
      return { d: `M${-r} 0A${r} ${r} 0 1 0 ${r} 0A${r} ${r} 0 1 0 ${-r} 0Z`, filled: true };
    case 'square':
      return { d: `M${-r} ${-r}H${r}V${r}H${-r}Z`, filled: true };
    case 'triangle':
      return { d: `M0 ${by(-1.2)}L${by(1.1)} ${by(0.8)}H${by(-1.1)}Z`, filled: true };
    case 'diamond':
      return { d: `M0 ${by(-1.3)}L${by(1.1)} 0L0 ${by(1.3)}L${by(-1.1)} 0Z`, filled: true };
    case 'cross':
      return { d: `M${-r} ${-r}L${r} ${r}M${r} ${-r}L${-r} ${r}`, filled: false };
    case 'plus':
      return { d: `M${by(-1.2)} 0H${by(1.2)}M0 ${by(-1.2)}V${by(1.2)}`, filled: false };
  }
}

/** Places among so many points that get a marker: a few, evenly, the first and the last among them. */
export function markedPoints(count: number, most = 8): readonly number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
}
