/** Text within a line. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis' | 'deleted'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly address: string; readonly children: readonly Inline[] };

export type MarkdownBlock =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly children: readonly Inline[] }
  | { readonly kind: 'paragraph' | 'quote'; readonly lines: readonly (readonly Inline[])[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'rule' };

const INLINE =
  /`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*(?!\s)(.+?)\*|\b_(?!\s)(.+?)_\b|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>)]+)/;

/** Addresses a note may lead to: no scripts, no files. */
function safeAddress(address: string): string | undefined {
  return /^(https?:\/\/|mailto:)/i.test(address) ? address : undefined;
}

/** Reads emphasis, code and links; what is not closed stays as it was typed. */
export function parseInline(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  let rest = text;
  while (rest !== '') {
    const match = INLINE.exec(rest);
    if (match === null) break;
    if (match.index > 0) parts.push({ kind: 'text', text: rest.slice(0, match.index) });
    parts.push(inlineOf(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  return parts;
}

function inlineOf([whole, code, bold, bold2, deleted, italic, italic2, label, target, bare]: RegExpExecArray): Inline {
  if (code !== undefined) return { kind: 'code', text: code };
  const strong = bold ?? bold2;
  if (strong !== undefined) return { kind: 'strong', children: parseInline(strong) };
  if (deleted !== undefined) return { kind: 'deleted', children: parseInline(deleted) };
  const emphasis = italic ?? italic2;
  if (emphasis !== undefined) return { kind: 'emphasis', children: parseInline(emphasis) };
  const address = safeAddress(target ?? bare ?? '');
  if (address === undefined) return { kind: 'text', text: whole };
  return { kind: 'link', address, children: [{ kind: 'text', text: label ?? address }] };
}

const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

/** Reads the everyday part of Markdown: headings, lists, quotes, code, emphasis, links. Never makes HTML. */
export function parseMarkdown(source: string): readonly MarkdownBlock[] {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const blocks: MarkdownBlock[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    /** Takes lines as long as they belong together. */
    const take = (belongs: (line: string) => boolean): string[] => {
      const taken: string[] = [];
      for (; at < lines.length && belongs(lines[at] ?? ''); at++) taken.push(lines[at] ?? '');
      return taken;
    };
    const heading = /^(#{1,3})\s+(.*)$/.exec(line);
    const item = ITEM.exec(line);
    if (line.trim() === '') at += 1;
    else if (line.startsWith('```')) {
      at += 1;
      blocks.push({ kind: 'code', text: take((next) => !next.startsWith('```')).join('\n') });
      at += 1;
    } else if (heading !== null) {
      const [, signs = '#', text = ''] = heading;
      blocks.push({ kind: 'heading', level: signs.length as 1 | 2 | 3, children: parseInline(text) });
      at += 1;
    } else if (/^ {0,3}([-*_])( *\1){2,} *$/.test(line)) {
      blocks.push({ kind: 'rule' });
      at += 1;
    } else if (item !== null) {
      const ordered = item[1] !== undefined;
      const items = take((next) => (ITEM.exec(next)?.[1] !== undefined) === ordered && ITEM.test(next));
      blocks.push({ kind: 'list', ordered, items: items.map((text) => parseInline(ITEM.exec(text)?.[2] ?? '')) });
    } else if (line.startsWith('>')) {
      const quoted = take((next) => next.startsWith('>'));
      blocks.push({ kind: 'quote', lines: quoted.map((text) => parseInline(text.replace(/^>\s?/, ''))) });
    } else {
      const isPlain = (next: string): boolean =>
        next.trim() !== '' && !/^(#{1,3}\s|>|```)/.test(next) && !ITEM.test(next);
      blocks.push({ kind: 'paragraph', lines: take(isPlain).map(parseInline) });
    }
  }
  return blocks;
}
