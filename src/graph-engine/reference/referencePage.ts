/** Which page of the reference: an op by its type, a block or a network by its id. */
export interface PageRef {
  readonly kind: 'op' | 'block' | 'network';
  readonly id: string;
}

export interface PageLink {
  readonly text: string;
  /** Another page, or an address on the web. */
  readonly to: PageRef | string;
}

/** Words with `code` between backticks, or a link. */
export type Cell = string | PageLink;

/** One part of a page; the views (Markdown, the app) know nothing else of it. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'formula'; readonly text: string }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: 'links'; readonly links: readonly PageLink[] };

export interface Section {
  readonly title: string;
  readonly content: readonly Content[];
}

/** Everything about one op, block or network, worked out from its own file. */
export interface ReferencePage extends PageRef {
  readonly title: string;
  readonly summary: string;
  readonly sections: readonly Section[];
}

/** A page in the list of pages. */
export interface PageEntry extends PageRef {
  readonly title: string;
  readonly summary: string;
  /** The family of an op, for the order and the icons. */
  readonly family: string;
  readonly keywords: readonly string[];
}

/** Text that is equal for the same page. */
export function pageKey({ kind, id }: PageRef): string {
  return `${kind}/${id}`;
}
