import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Fragment } from 'react';
import { nameOf } from '../../graph-engine/document/graphs.ts';
import { useDocument } from '../store/documentStore.ts';
import { resolveScope, useShown, useShownScope } from '../store/scope.ts';
import { leaveTo, showInstance } from '../store/uiStore.ts';
import { IconButton } from '../ui/IconButton.tsx';

/** Which block is shown, the way out of it, and which of its repetitions. Nothing at the root. */
export function ScopeBreadcrumb() {
  return useShown((shown) => shown.path.length === 0) ? null : <Breadcrumb />;
}

function Breadcrumb() {
  const { path, definition } = useShownScope();
  const document = useDocument((state) => state.document);
  const inferred = useDocument((state) => state.inferred);
  const steps = path.map((step, depth) => {
    const outer = resolveScope(document, inferred, path.slice(0, depth));
    const node = outer.graph.nodes[step.node];
    return {
      name: node === undefined ? step.node : nameOf(step.node, node),
      repeat: outer.inferred?.nodes.get(step.node)?.instances?.length ?? 1,
    };
  });
  const last = path.at(-1);
  const repeat = steps.at(-1)?.repeat ?? 1;
  return (
    <nav
      aria-label="Where you are"
      data-testid="breadcrumb"
      className="absolute top-3 left-3 z-10 flex h-8 max-w-[calc(100%-1.5rem)] items-center gap-0.5 rounded-md bg-raised px-1 text-sm shadow-popup"
    >
      <button
        type="button"
        className="h-6 truncate rounded-sm px-2 text-ink-muted hover:bg-hover hover:text-ink"
        onClick={() => leaveTo(0)}
      >
        {document.name}
      </button>
      {steps.map(({ name }, depth) => (
        <Fragment
          key={path
            .slice(0, depth + 1)
            .map((step) => step.node)
            .join('/')}
        >
          <ChevronRight size={13} aria-hidden className="shrink-0 text-ink-faint" />
          {depth === steps.length - 1 ? (
            <span aria-current="location" className="truncate px-1.5 font-medium">
              {name}
              <span className="ml-1.5 font-normal text-ink-muted">{definition?.name}</span>
            </span>
          ) : (
            <button
              type="button"
              className="h-6 truncate rounded-sm px-1.5 text-ink-muted hover:bg-hover hover:text-ink"
              onClick={() => leaveTo(depth + 1)}
            >
              {name}
            </button>
          )}
        </Fragment>
      ))}
      {repeat > 1 && last !== undefined && (
        <span className="ml-1 flex items-center border-l border-line pl-1 text-xs text-ink-muted tabular-nums">
          <IconButton
            label="Previous repetition"
            icon={<ChevronLeft size={14} />}
            className="size-6"
            disabled={last.instance === 0}
            onClick={() => showInstance(last.instance - 1)}
          />
          {last.instance + 1} of {repeat}
          <IconButton
            label="Next repetition"
            icon={<ChevronRight size={14} />}
            className="size-6"
            disabled={last.instance >= repeat - 1}
            onClick={() => showInstance(last.instance + 1)}
          />
        </span>
      )}
    </nav>
  );
}
