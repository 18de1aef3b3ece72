import type { FixPreview } from '../../graph-engine/advice/previewFix.ts';
import { formatCount, formatExactly } from '../canvas/formatCount.ts';
import { formatBytes } from '../training/format.ts';

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;
const WORDS = { added: 'new', removed: 'removed', changed: 'changed' } as const;
const MOST = 6;

function difference(before: number, after: number, write: (value: number) => string): string {
  const change = after - before;
  return change === 0
    ? 'unchanged'
    : `${write(before)} → ${write(after)} (${change > 0 ? '+' : '−'}${write(Math.abs(change))})`;
}

/** What a fix would do, in a few lines. */
export function PreviewCard({ preview }: { readonly preview: FixPreview }) {
  const { nodes, shapes, before, after, solved, raised } = preview;
  return (
    <div data-testid="fix-preview" className="flex flex-col gap-2">
      <p className="font-semibold">What would change</p>
      <ul className="flex flex-col gap-0.5">
        {nodes.slice(0, MOST).map(({ scope, id, name, title, change, shape }) => (
          <li key={`${scope ?? ''}/${id}`} className="flex items-baseline gap-1.5">
            <span aria-label={WORDS[change]} className="w-3 text-center font-mono text-accent-ink">
              {SIGNS[change]}
            </span>
            <span className="min-w-0 flex-1 truncate">
              {name} <span className="text-ink-muted">{title}</span>
            </span>
            {shape !== undefined && <span className="text-ink-muted tabular-nums">{shape}</span>}
          </li>
        ))}
        {nodes.length > MOST && <li className="text-ink-muted">and {nodes.length - MOST} more</li>}
      </ul>
      {shapes.length > 0 && (
        <ul className="flex flex-col gap-0.5 border-t border-line pt-1.5 tabular-nums">
          {shapes.slice(0, MOST).map(({ name, before: old, after: now }) => (
            <li key={name} className="flex justify-between gap-2">
              <span className="truncate text-ink-muted">{name}</span>
              <span>
                {old} → {now}
              </span>
            </li>
          ))}
          {shapes.length > MOST && <li className="text-ink-muted">and {shapes.length - MOST} more shapes</li>}
        </ul>
      )}
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 border-t border-line pt-1.5 tabular-nums">
        <dt className="text-ink-muted">Parameters</dt>
        <dd className="text-right">{difference(before.parameters, after.parameters, formatExactly)}</dd>
        <dt className="text-ink-muted">MACs</dt>
        <dd className="text-right">{difference(before.macs, after.macs, formatCount)}</dd>
        <dt className="text-ink-muted">Activations</dt>
        <dd className="text-right">{difference(before.activationBytes, after.activationBytes, formatBytes)}</dd>
        <dt className="text-ink-muted">Errors</dt>
        <dd className="text-right">
          {solved.length === 0 && raised.length === 0
            ? 'unchanged'
            : [
                solved.length === 0 ? '' : `${solved.length} solved`,
                raised.length === 0 ? '' : `${raised.length} new: ${raised[0]?.message ?? ''}`,
              ]
                .filter((part) => part !== '')
                .join(', ')}
        </dd>
      </dl>
    </div>
  );
}
