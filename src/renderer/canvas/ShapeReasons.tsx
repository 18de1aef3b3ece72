import type { SizeReason } from '../../graph-engine/explain/explainNode.ts';

/** Why each axis of a shape has its size, in small print. */
export function ShapeReasons({ reasons }: { readonly reasons: readonly SizeReason[] }) {
  if (reasons.length === 0) return null;
  return (
    <ul className="flex flex-col gap-0.5 text-2xs text-ink-muted tabular-nums">
      {reasons.map(({ axis, size, rule, worked, because }) => (
        <li key={axis}>
          {axis} {size ?? '?'}
          {rule !== String(size) && ` = ${rule}`}
          {worked !== undefined && ` = ${worked}`}
          {because.length > 0 && <span> ({because.join(', ')})</span>}
        </li>
      ))}
    </ul>
  );
}
