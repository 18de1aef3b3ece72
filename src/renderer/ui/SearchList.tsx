import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { classNames } from './classNames.ts';

export interface SearchListProps<Item> {
  /** What is typed into the field. */
  readonly label: string;
  readonly placeholder: string;
  /** What the list holds, such as `Commands`. */
  readonly listLabel: string;
  /** What is found for the words that are typed, best first. */
  readonly find: (query: string) => readonly Item[];
  /** Told instead of the list when nothing is found. */
  readonly nothing: (query: string) => string;
  readonly keyOf: (item: Item) => string;
  readonly onChoose: (item: Item) => void;
  /** Delete behind the last letter; the answer is whether there was something to remove. */
  readonly onRemove?: (item: Item) => boolean;
  /** F2; the answer is whether there was something to rename. */
  readonly onRename?: (item: Item) => boolean;
  readonly children: (item: Item) => ReactNode;
  readonly icon?: ReactNode;
  readonly inputTestId?: string;
  readonly testIdOf?: (item: Item) => string;
  readonly className?: string;
}

const PAGE = 8;

/** A field and what is found for it: type, move with the arrow keys, Enter. */
export function SearchList<Item>(props: SearchListProps<Item>) {
  const { label, placeholder, listLabel, find, nothing, keyOf, onChoose, onRemove, onRename, children, testIdOf } =
    props;
  const listId = useId();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const found = find(query);
  const at = Math.min(active, found.length - 1);
  const chosen = found[at];

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at, query]);

  function step(distance: number): void {
    setActive(Math.max(0, Math.min(at + distance, found.length - 1)));
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    const { selectionStart, value } = event.currentTarget;
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE };
    const distance = steps[event.key];
    if (distance !== undefined) step(distance);
    else if (event.key === 'Enter') {
      if (chosen !== undefined) onChoose(chosen);
    } else if (event.key === 'F2') {
      if (chosen === undefined || onRename?.(chosen) !== true) return;
    } else if (event.key !== 'Delete' || selectionStart !== value.length) return;
    else if (chosen === undefined || onRemove?.(chosen) !== true) return;
    event.preventDefault();
  }

  return (
    <>
      <div className="flex items-center gap-2 border-b border-line px-4">
        {props.icon}
        <input
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls={listId}
          aria-activedescendant={chosen === undefined ? undefined : `${listId}-${at}`}
          aria-label={label}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="h-11 w-full bg-transparent text-base outline-none placeholder:text-ink-faint"
          data-testid={props.inputTestId}
        />
      </div>
      <ul
        ref={list}
        id={listId}
        role="listbox"
        aria-label={listLabel}
        hidden={found.length === 0}
        className={classNames('max-h-96 overflow-auto p-1.5', props.className)}
      >
        {found.map((item, index) => (
          <li
            key={keyOf(item)}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => onChoose(item)}
            onPointerMove={() => setActive(index)}
            data-testid={testIdOf?.(item)}
            className={classNames(
              'flex min-h-8 items-center gap-2.5 rounded-md px-2.5 text-sm',
              index === at && 'bg-hover',
            )}
          >
            {children(item)}
          </li>
        ))}
      </ul>
      <p role="status" className={found.length === 0 ? 'px-4 py-3 text-sm text-ink-muted' : 'sr-only'}>
        {found.length === 0 ? nothing(query) : `${found.length} found`}
      </p>
    </>
  );
}
