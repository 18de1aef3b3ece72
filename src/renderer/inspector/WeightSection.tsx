import type { WeightSpec } from '../../graph-engine/core/opDefinition.ts';
import { formatExactly } from '../canvas/formatCount.ts';
import { Section } from './Section.tsx';

/** The tensors a node owns. */
export function WeightSection({ weights }: { readonly weights: Readonly<Record<string, WeightSpec>> }) {
  const rows = Object.entries(weights);
  if (rows.length === 0) return null;
  return (
    <Section title="Weights">
      <table className="w-full text-sm tabular-nums">
        <thead className="sr-only">
          <tr>
            <th>Name</th>
            <th>Size</th>
            <th>Count</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, { dims, trainable }]) => (
            <tr key={name}>
              <td className="py-0.5">
                {name}
                {!trainable && <span className="ml-1.5 text-2xs text-ink-muted">kept, not learned</span>}
              </td>
              <td className="py-0.5 text-right text-ink-muted">{dims.join('×')}</td>
              <td className="w-20 py-0.5 text-right">
                {formatExactly(dims.reduce((product, size) => product * size, 1))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
