import type { WeightsMatch } from '../../contract/weights.ts';
import { Badge } from '../ui/Badge.tsx';

const kinds = {
  matched: { tone: 'success', label: 'found' },
  size: { tone: 'warning', label: 'other size' },
  missing: { tone: 'neutral', label: 'not there' },
} as const;

/** What is shown of tensors that nothing takes. */
const NAMED = 6;

/** Which weight begins with which tensor of a file; what does not fit comes first. */
export function WeightsTable({ match }: { readonly match: WeightsMatch }) {
  const { rows, unused } = match;
  const order = ['size', 'missing', 'matched'];
  const sorted = rows.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return (
    <div className="flex flex-col gap-3">
      <div
        className="max-h-80 overflow-auto rounded-lg border border-line"
        tabIndex={0}
        aria-label="Which weight is found where"
      >
        <table className="w-full text-left text-xs" data-testid="weights-table">
          <thead className="sticky top-0 bg-sunken text-ink-muted">
            <tr>
              <th className="px-3 py-1.5 font-medium">Weight</th>
              <th className="px-3 py-1.5 font-medium">Size</th>
              <th className="px-3 py-1.5 font-medium">In the file</th>
              <th className="px-3 py-1.5 font-medium">
                <span className="sr-only">Outcome</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map(({ weight, kind, tensor, dims, received }) => (
              <tr key={weight} className="border-t border-line align-top">
                <td className="px-3 py-1.5 break-all">{weight}</td>
                <td className="px-3 py-1.5 whitespace-nowrap tabular-nums">{dims.join('×')}</td>
                <td className="px-3 py-1.5 break-all text-ink-muted">
                  {tensor ?? '–'}
                  {received !== null && ` (${received.join('×')})`}
                </td>
                <td className="px-3 py-1.5 text-right whitespace-nowrap">
                  <Badge tone={kinds[kind].tone}>{kinds[kind].label}</Badge>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="text-xs text-ink-muted" data-testid="weights-unused">
        {unused.length === 0
          ? 'Every tensor of the file is taken.'
          : `Not taken, as no weight of the network is called so: ${unused.slice(0, NAMED).join(', ')}${unused.length > NAMED ? ` and ${unused.length - NAMED} more` : ''}.`}
      </p>
    </div>
  );
}
