import type { Cell, Content, PageEntry, PageLink, PageRef, ReferencePage } from './referencePage.ts';

const FOLDERS = { op: 'ops', block: 'blocks', network: 'networks' } as const;

/** Where a page lies below the folder of the reference. */
export function pagePath({ kind, id }: PageRef): string {
  return `${FOLDERS[kind]}/${id}.md`;
}

function escaped(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}

function writeLink({ text, to }: PageLink, from: PageRef, pages: ReadonlySet<string>): string {
  if (typeof to === 'string') return to === '' ? escaped(text) : `[${escaped(text)}](${to})`;
  const path = pagePath(to);
  if (!pages.has(path)) return escaped(text);
  return `[${escaped(text)}](${FOLDERS[from.kind] === FOLDERS[to.kind] ? `${to.id}.md` : `../${path}`})`;
}

function writeCell(cell: Cell, from: PageRef, pages: ReadonlySet<string>): string {
  return typeof cell === 'string' ? escaped(cell) : writeLink(cell, from, pages);
}

function writeContent(content: Content, from: PageRef, pages: ReadonlySet<string>): string {
  switch (content.kind) {
    case 'text':
      return content.text;
    case 'formula':
      return `    ${content.text}`;
    case 'table': {
      const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
      const rows = content.rows.map((row) => line(row.map((cell) => writeCell(cell, from, pages))));
      return [line(content.head), line(content.head.map(() => '---')), ...rows].join('\n');
    }
    case 'links':
      return content.links.map((link) => `- ${writeLink(link, from, pages)}`).join('\n');
  }
}

/** A page as Markdown. `pages` are the paths of all pages, for links. */
export function writePage(page: ReferencePage, pages: ReadonlySet<string>): string {
  const sections = page.sections.map(({ title, content }) =>
    [`## ${title}`, ...content.map((one) => writeContent(one, page, pages))].join('\n\n'),
  );
  return `${[`# ${page.title}`, page.summary, ...sections].join('\n\n')}\n`;
}

/** The list of all pages as Markdown. */
export function writeIndex(entries: readonly PageEntry[]): string {
  const list = (kind: PageRef['kind']): string =>
    entries
      .filter((entry) => entry.kind === kind)
      .map((entry) => `- [${escaped(entry.title)}](${pagePath(entry)}): ${firstSentence(entry.summary)}`)
      .join('\n');
  return `${[
    '# Reference',
    'Every op, block and network, written by `npm run docs` from the files that define them.',
    'The format of the files as JSON Schema: [documents](document.schema.json) and [library blocks](block.schema.json).',
    '## Ops',
    list('op'),
    '## Blocks',
    list('block'),
    '## Networks',
    list('network'),
  ].join('\n\n')}\n`;
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?= [A-Z(]|$)/.exec(text)?.[0] ?? text;
}

/** The whole reference as Markdown files, by their paths. */
export function writeReference(
  entries: readonly PageEntry[],
  pageAt: (ref: PageRef) => ReferencePage | undefined,
): ReadonlyMap<string, string> {
  const paths = new Set(entries.map(pagePath));
  const files = new Map<string, string>([['README.md', writeIndex(entries)]]);
  for (const entry of entries) {
    const page = pageAt(entry);
    if (page !== undefined) files.set(pagePath(entry), writePage(page, paths));
  }
  return files;
}
