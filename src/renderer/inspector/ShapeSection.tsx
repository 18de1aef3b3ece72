import { describeShape, formatShape, type TensorType } from '../../graph-engine/core/shape.ts';
import type { PortTypes } from '../../graph-engine/infer/inferredGraph.ts';
import { Section } from './Section.tsx';

/** What comes in and what goes out, with the axes named. */
export function ShapeSection({ inputs, outputs }: { readonly inputs: PortTypes; readonly outputs: PortTypes }) {
  const rows = [
    ...Object.entries(inputs).map(([port, type]) => ({ side: 'in', port, type })),
    ...Object.entries(outputs).map(([port, type]) => ({ side: 'out', port, type })),
  ];
  if (rows.length === 0) return null;
  return (
    <Section title="Shapes" aside="one example">
      <table className="w-full text-sm">
        <thead className="sr-only">
          <tr>
            <th>Direction</th>
            <th>Port</th>
            <th>Shape</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ side, port, type }) => (
            <tr key={`${side}-${port}`} className="align-baseline">
              <td className="w-8 py-0.5 text-ink-muted">{side}</td>
              <td className="py-0.5 pr-2 text-ink-muted">{port === 'input' || port === 'output' ? '' : port}</td>
              <td className="py-0.5 text-right tabular-nums" data-testid={`shape-${side}-${port}`}>
                <ShapeText type={type} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function ShapeText({ type }: { readonly type: TensorType | undefined }) {
  if (type === undefined) return <span className="text-ink-muted">not known yet</span>;
  return (
    <span title={describeShape(type)}>
      {formatShape(type)}
      <span className="block text-2xs text-ink-muted">{type.axes.map((axis) => axis.name).join(' × ')}</span>
    </span>
  );
}
