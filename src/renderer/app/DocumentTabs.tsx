import { Columns2, Plus, X } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { closeTab, startNew } from '../files/fileActions.ts';
import { moveTab, showDocument, useDocument, type DocumentId, type DocumentTab } from '../store/documentStore.ts';
import { showBeside } from '../store/besideStore.ts';
import { commitTyping } from '../training/trainActions.ts';
import { classNames } from '../ui/classNames.ts';
import { IconButton } from '../ui/IconButton.tsx';

const dragType = 'application/x-skipwire-tab';

/** The open documents, one tab each: press to show, the middle button or the cross to close, drag to put elsewhere. */
export function DocumentTabs() {
  const tabs = useDocument((state) => state.tabs);
  const shown = useDocument((state) => state.id);
  const list = useRef<HTMLUListElement>(null);
  const [dragged, setDragged] = useState<DocumentId | null>(null);

  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown, tabs.length]);

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const place = tabs.findIndex(({ id }) => id === shown);
    const next = tabs[(place + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    showDocument(next.id);
    list.current?.querySelector<HTMLElement>(`[data-document="${next.id}"]`)?.focus();
  }

  return (
    <div className="flex h-8 shrink-0 items-stretch border-b border-line bg-sunken" data-testid="document-tabs">
      <ul
        ref={list}
        aria-label="Open documents"
        onKeyDown={onKeyDown}
        className="flex min-w-0 items-stretch overflow-x-auto [scrollbar-width:none]"
      >
        {tabs.map((tab, place) => (
          <Tab
            key={tab.id}
            tab={tab}
            shown={tab.id === shown}
            onDragStart={() => setDragged(tab.id)}
            onDragEnd={() => setDragged(null)}
            onDragOver={() => {
              if (dragged !== null && dragged !== tab.id) moveTab(dragged, place);
            }}
          />
        ))}
      </ul>
      <IconButton
        label="New document"
        shortcut="Alt+N"
        icon={<Plus size={14} aria-hidden />}
        className="my-0.5 ml-0.5 size-7"
        onClick={startNew}
        data-testid="new-tab"
      />
    </div>
  );
}

interface TabProps {
  readonly tab: DocumentTab;
  readonly shown: boolean;
  readonly onDragStart: () => void;
  readonly onDragOver: () => void;
  readonly onDragEnd: () => void;
}

function Tab({ tab: { id, name, file, dirty }, shown, onDragStart, onDragOver, onDragEnd }: TabProps) {
  return (
    <li
      className={classNames(
        'group relative flex min-w-32 shrink-0 items-center border-r border-line',
        shown ? 'bg-surface text-ink' : 'text-ink-muted hover:bg-hover hover:text-ink',
      )}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(dragType)) return;
        event.preventDefault();
        onDragOver();
      }}
    >
      {shown && <span aria-hidden className="absolute inset-x-0 top-0 h-0.5 bg-accent" />}
      <button
        type="button"
        aria-current={shown ? 'true' : undefined}
        tabIndex={shown ? 0 : -1}
        data-document={id}
        data-testid="document-tab"
        data-dirty={dirty}
        draggable
        title={file?.path ?? `${name}, in no file yet`}
        onClick={() => {
          commitTyping();
          showDocument(id);
        }}
        onAuxClick={(event) => {
          if (event.button === 1) closeTab(id);
        }}
        onDragStart={(event) => {
          event.dataTransfer.setData(dragType, id);
          event.dataTransfer.effectAllowed = 'move';
          onDragStart();
        }}
        onDragEnd={onDragEnd}
        className={classNames(
          'flex h-full max-w-56 min-w-0 flex-1 items-center gap-1.5 pl-3 text-xs font-medium focus-visible:-outline-offset-2',
          shown ? 'pr-7' : 'pr-13',
        )}
      >
        <span className="truncate">{name}</span>
        {dirty && <span role="img" aria-label="unsaved" className="size-1.5 shrink-0 rounded-full bg-accent" />}
      </button>
      {!shown && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Show ${name} beside`}
          title="Show beside"
          data-testid="show-beside"
          onClick={() => showBeside(id)}
          className="absolute right-7 inline-flex size-5 items-center justify-center rounded-sm bg-hover text-ink-muted opacity-0 group-hover:opacity-100 hover:bg-pressed hover:text-ink focus-visible:opacity-100"
        >
          <Columns2 size={12} aria-hidden />
        </button>
      )}
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Close ${name}`}
        data-testid="close-tab"
        onClick={() => closeTab(id)}
        className={classNames(
          'absolute right-1.5 inline-flex size-5 items-center justify-center rounded-sm text-ink-muted hover:bg-pressed hover:text-ink focus-visible:opacity-100',
          !shown && 'opacity-0 group-hover:opacity-100',
        )}
      >
        <X size={12} aria-hidden />
      </button>
    </li>
  );
}
