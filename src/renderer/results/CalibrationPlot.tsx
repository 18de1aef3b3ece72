import type { ClassificationReport } from '../../graph-engine/evaluation/classificationReport.ts';

const SIDE = 200;
const EDGE = 26;

/** How often the network was right against how sure it was (Guo et al. 2017): a calibrated one follows the diagonal. */
export function CalibrationPlot({ report }: { readonly report: ClassificationReport }) {
  const at = (share: number): number => share * SIDE;
  const most = Math.max(...report.calibration.map(({ count }) => count), 1);
  const error = `${(report.calibrationError * 100).toFixed(1)} %`;
  return (
    <figure className="flex flex-wrap items-start gap-5" data-testid="calibration">
      <svg
        width={SIDE + EDGE + 8}
        height={SIDE + EDGE + 8}
        viewBox={`${-EDGE} -8 ${SIDE + EDGE + 8} ${SIDE + EDGE + 8}`}
        role="img"
        aria-label={`Calibration: confidence and accuracy differ by ${error} on average.`}
      >
        <rect width={SIDE} height={SIDE} className="fill-sunken stroke-line" />
        {report.calibration.map(({ from, to, count, accuracy }) =>
          accuracy === null ? null : (
            <g key={from}>
              <rect
                x={at(from) + 1}
                width={at(to - from) - 2}
                y={SIDE - at(accuracy)}
                height={at(accuracy)}
                className="fill-accent"
                opacity={0.25 + 0.75 * (count / most)}
              >
                <title>{`${count} samples, ${(accuracy * 100).toFixed(0)} % right`}</title>
              </rect>
            </g>
          ),
        )}
        <line x1={0} y1={SIDE} x2={SIDE} y2={0} className="stroke-ink-muted" strokeDasharray="4 3" />
        {[0, 0.5, 1].map((share) => (
          <g key={share} className="fill-ink-muted text-2xs">
            <text x={at(share)} y={SIDE + 14} textAnchor="middle">
              {share * 100}
            </text>
            <text x={-6} y={SIDE - at(share) + 3} textAnchor="end">
              {share * 100}
            </text>
          </g>
        ))}
      </svg>
      <figcaption className="flex max-w-xs flex-col gap-1.5 text-xs text-ink-muted">
        <span className="text-sm text-ink">Off by {error} on average</span>
        <span>Across: how sure the network was, in per cent. Upwards: how often it was right.</span>
        <span>
          Bars below the dashed line: it is too sure of itself. Above it: surer than it says. Dark bars hold more
          samples.
        </span>
      </figcaption>
    </figure>
  );
}
