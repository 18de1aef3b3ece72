import type { PageLink } from './referencePage.ts';

/** A source as links: one for each paper that is named, to arXiv or by its DOI where there is one. */
export function sourceLinks(source: string): readonly PageLink[] {
  return source.split(/;\s*/).map((text) => {
    const arxiv = /arXiv[ :](\d{4}\.\d{4,5})/i.exec(text)?.[1];
    const doi = /\b(10\.\d{4,9}\/[^\s,;]+)/.exec(text)?.[1];
    const to =
      arxiv !== undefined ? `https://arxiv.org/abs/${arxiv}` : doi !== undefined ? `https://doi.org/${doi}` : '';
    return { text, to };
  });
}
