/** A key or a few pressed together, as they stand on the keyboard. */
export function Key({ children }: { readonly children: string }) {
  return <kbd className="rounded-xs border border-line bg-sunken px-1 font-sans text-2xs text-ink">{children}</kbd>;
}
