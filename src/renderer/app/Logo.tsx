/** The mark of the product: a branch and the wire that skips it. */
export function Logo() {
  return (
    <h1 className="flex items-center gap-2 text-sm font-semibold tracking-tight text-ink select-none">
      <svg viewBox="0 0 24 24" className="size-5 text-accent-ink" aria-hidden fill="none">
        <path d="M3 17h5.5M15.5 17H21" stroke="currentColor" strokeWidth={2} strokeLinecap="round" />
        <path d="M5.5 17C5.5 4.5 18.5 4.5 18.5 17" stroke="currentColor" strokeWidth={2} strokeLinecap="round" />
        <rect x="8.5" y="13.5" width="7" height="7" rx="2" stroke="currentColor" strokeWidth={2} />
      </svg>
      <span className="max-[1100px]:sr-only">Skipwire</span>
    </h1>
  );
}
