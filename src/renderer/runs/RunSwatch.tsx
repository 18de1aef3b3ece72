import { markerPath, type RunMark } from './runMarks.ts';

/** A piece of a run's curve, as a legend has it. */
export function RunSwatch({ mark, width = 26 }: { readonly mark: RunMark; readonly width?: number }) {
  const { d, filled } = markerPath(mark.marker, 6);
  const colour = `var(--color-${mark.colour})`;
  return (
    <svg width={width} height={12} viewBox={`0 0 ${width} 12`} aria-hidden className="shrink-0">
      <line x1={0} x2={width} y1={6} y2={6} stroke={colour} strokeWidth={2} strokeDasharray={mark.dash.join(' ')} />
      <path
        d={d}
        transform={`translate(${width / 2} 6)`}
        fill={filled ? colour : 'none'}
        stroke={colour}
        strokeWidth={1.4}
      />
    </svg>
  );
}
