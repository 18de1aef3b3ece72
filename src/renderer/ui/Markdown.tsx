import { Fragment, useMemo, type ReactNode } from 'react';
import { parseMarkdown, type Inline, type MarkdownBlock } from './markdown.ts';

/** Text written in Markdown; links open beside the editor. */
export function Markdown({ source }: { readonly source: string }) {
  const blocks = useMemo(() => parseMarkdown(source), [source]);
  return blocks.map((block, index) => <Block key={index} block={block} />);
}

function Block({ block }: { readonly block: MarkdownBlock }) {
  switch (block.kind) {
    case 'heading':
      return (
        <p role="heading" aria-level={block.level + 2} className={HEADINGS[block.level]}>
          <Inlines parts={block.children} />
        </p>
      );
    case 'paragraph':
      return (
        <p className="my-1">
          <Lines lines={block.lines} />
        </p>
      );
    case 'quote':
      return (
        <blockquote className="my-1 border-l-2 border-line-strong pl-2 text-ink-muted">
          <Lines lines={block.lines} />
        </blockquote>
      );
    case 'list': {
      const items = block.items.map((item, index) => (
        <li key={index}>
          <Inlines parts={item} />
        </li>
      ));
      return block.ordered ? (
        <ol className="my-1 list-decimal pl-5">{items}</ol>
      ) : (
        <ul className="my-1 list-disc pl-4">{items}</ul>
      );
    }
    case 'code':
      return <pre className="my-1 overflow-auto rounded-sm bg-hover p-1.5 font-mono text-2xs">{block.text}</pre>;
    case 'rule':
      return <hr className="my-2 border-line-strong" />;
  }
}

const HEADINGS = {
  1: 'mt-1 mb-1 text-base font-semibold',
  2: 'mt-1 mb-1 text-sm font-semibold',
  3: 'mt-1 mb-0.5 text-xs font-semibold',
} as const;

function Lines({ lines }: { readonly lines: readonly (readonly Inline[])[] }) {
  return lines.map((line, index) => (
    <Fragment key={index}>
      {index > 0 && <br />}
      <Inlines parts={line} />
    </Fragment>
  ));
}

function Inlines({ parts }: { readonly parts: readonly Inline[] }): ReactNode {
  return parts.map((part, index) => {
    switch (part.kind) {
      case 'text':
        return <Fragment key={index}>{part.text}</Fragment>;
      case 'code':
        return (
          <code key={index} className="rounded-xs bg-hover px-1 font-mono text-[0.92em]">
            {part.text}
          </code>
        );
      case 'strong':
        return (
          <strong key={index} className="font-semibold">
            <Inlines parts={part.children} />
          </strong>
        );
      case 'emphasis':
        return (
          <em key={index}>
            <Inlines parts={part.children} />
          </em>
        );
      case 'deleted':
        return (
          <del key={index}>
            <Inlines parts={part.children} />
          </del>
        );
      case 'link':
        return (
          <a
            key={index}
            href={part.address}
            target="_blank"
            rel="noreferrer"
            className="text-accent-ink underline underline-offset-2"
          >
            <Inlines parts={part.children} />
          </a>
        );
    }
  });
}
