import { ExternalLink } from 'lucide-react';
import { Fragment } from 'react';
import type { Cell, Content, PageLink, ReferencePage } from '../../graph-engine/reference/referencePage.ts';
import { turnTo } from './referenceStore.ts';

/** A page of the reference: its parts in order. */
export function PageView({ page }: { readonly page: ReferencePage }) {
  return (
    <article className="flex flex-col gap-5 pb-6">
      <p className="text-base text-ink">{page.summary}</p>
      {page.sections.map(({ title, content }) => (
        <section key={title} aria-label={title} className="flex flex-col gap-2">
          <h3 className="text-xs font-semibold text-ink-muted">{title}</h3>
          {content.map((one, index) => (
            <ContentView key={index} content={one} />
          ))}
        </section>
      ))}
    </article>
  );
}

function ContentView({ content }: { readonly content: Content }) {
  switch (content.kind) {
    case 'text':
      return (
        <p className="text-sm text-ink">
          <Words text={content.text} />
        </p>
      );
    case 'formula':
      return (
        <p
          tabIndex={0}
          className="overflow-x-auto rounded-md border border-line bg-sunken px-4 py-2.5 text-base whitespace-nowrap text-ink"
        >
          {content.text}
        </p>
      );
    case 'table':
      return <TableView head={content.head} rows={content.rows} />;
    case 'links':
      return (
        <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
          {content.links.map((link) => (
            <li key={link.text} className="text-sm">
              <LinkView link={link} />
            </li>
          ))}
        </ul>
      );
  }
}

function TableView({ head, rows }: { readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] }) {
  // A column in which nothing stands says nothing.
  const shown = head.map((_, column) => rows.some((row) => row[column] !== ''));
  return (
    <div
      className="overflow-x-auto rounded-md border border-line"
      tabIndex={0}
      role="group"
      aria-label={head.join(', ')}
    >
      <table className="w-full text-left text-sm">
        <thead className="bg-sunken text-2xs text-ink-muted">
          <tr>
            {head.map((title, column) =>
              shown[column] === true ? (
                <th key={title} scope="col" className="px-3 py-1.5 font-medium whitespace-nowrap">
                  {title}
                </th>
              ) : null,
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} className="border-t border-line align-baseline">
              {row.map((cell, column) =>
                shown[column] === true ? (
                  <td key={column} className="px-3 py-1.5 text-ink tabular-nums">
                    {typeof cell === 'string' ? <Words text={cell} /> : <LinkView link={cell} />}
                  </td>
                ) : null,
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LinkView({ link: { text, to } }: { readonly link: PageLink }) {
  if (to === '') return <span className="text-ink">{text}</span>;
  if (typeof to === 'string') {
    return (
      <a
        href={to}
        target="_blank"
        rel="noreferrer"
        className="rounded-xs text-accent-ink underline decoration-line-strong underline-offset-2 hover:decoration-current"
      >
        {text} <ExternalLink size={11} aria-label="on the web" role="img" className="inline" />
      </a>
    );
  }
  return (
    <button
      type="button"
      className="rounded-xs text-left text-accent-ink underline decoration-line-strong underline-offset-2 hover:decoration-current"
      onClick={() => turnTo(to)}
    >
      {text}
    </button>
  );
}

/** Text whose parts between backticks are code. */
function Words({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      <Fragment key={index}>{part}</Fragment>
    ) : (
      <code key={index} className="rounded-xs bg-sunken px-1 font-mono text-xs text-ink">
        {part}
      </code>
    ),
  );
}
