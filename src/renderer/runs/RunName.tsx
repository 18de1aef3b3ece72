/** Characters at the end of a name that are never left out: the time of day, or the number of a trial. */
const TAIL = 12;

/**
 * The name of a run's folder where there may be no room for all of it: what is left out is in its middle, because runs of
 * one network differ in their ends.
 */
export function RunName({ id }: { readonly id: string }) {
  const cut = Math.max(0, id.length - TAIL);
  return (
    <span className="flex min-w-0">
      <span className="truncate">{id.slice(0, cut)}</span>
      <span className="shrink-0 whitespace-pre">{id.slice(cut)}</span>
    </span>
  );
}
