import type { ReactNode } from 'react';

/** A titled part of the inspector. */
export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section aria-label={title} className="break-inside-avoid border-t border-line px-4 py-3 first:border-t-0">
      <div className="mb-1 flex items-baseline justify-between gap-2">
        <h2 className="text-xs font-semibold text-ink">{title}</h2>
        {aside !== undefined && <span className="text-2xs text-ink-muted tabular-nums">{aside}</span>}
      </div>
      {children}
    </section>
  );
}

/** A name and its value on one line. */
export function Fact({
  name,
  children,
  testId,
}: {
  readonly name: string;
  readonly children: ReactNode;
  readonly testId?: string;
}) {
  return (
    <div className="flex items-baseline justify-between gap-3 py-0.5 text-sm">
      <dt className="min-w-0 text-ink-muted">{name}</dt>
      <dd className="max-w-[70%] shrink-0 text-right break-words tabular-nums" data-testid={testId}>
        {children}
      </dd>
    </div>
  );
}
