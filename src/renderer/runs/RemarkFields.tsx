import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { inputClassName } from '../ui/FieldLayout.tsx';

interface RemarkFieldProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly longest: number;
  /** What was written on other runs. */
  readonly suggestions?: readonly string[];
  /** With the text as it was left; `null` when nothing was meant. */
  readonly onDone: (text: string | null) => void;
  readonly testId: string;
}

/** A field in place of a cell: Enter and leaving keep what was typed, Escape does not. */
function RemarkField({ label, value, placeholder, longest, suggestions = [], onDone, testId }: RemarkFieldProps) {
  const [text, setText] = useState(value);
  const list = useId();
  const done = useRef(false);

  function finish(result: string | null): void {
    // A field that goes is left, too.
    if (done.current) return;
    done.current = true;
    onDone(result === value ? null : result);
  }

  function onKeyDown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Enter') finish(text);
    else if (event.key === 'Escape') finish(null);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <input
        autoFocus
        aria-label={label}
        data-testid={testId}
        value={text}
        maxLength={longest}
        placeholder={placeholder}
        list={suggestions.length > 0 ? list : undefined}
        onChange={(event) => setText(event.target.value)}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={() => finish(text)}
        onKeyDown={onKeyDown}
        onClick={(event) => event.stopPropagation()}
        className={`${inputClassName} h-6 text-xs`}
        spellCheck={false}
        autoComplete="off"
      />
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </>
  );
}

export interface TagsFieldProps {
  readonly run: string;
  readonly tags: readonly string[];
  readonly known: readonly string[];
  readonly onDone: (tags: string[] | null) => void;
}

/** Tags with commas between them. */
export function TagsField({ run, tags, known, onDone }: TagsFieldProps) {
  return (
    <RemarkField
      label={`Tags of ${run}, with commas between them`}
      value={tags.join(', ')}
      placeholder="good, baseline"
      longest={1000}
      suggestions={known}
      testId="run-tags-field"
      onDone={(text) => onDone(text === null ? null : tagsIn(text))}
    />
  );
}

/** The tags of a text with commas. */
export function tagsIn(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim().slice(0, 40).trim());
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, 40);
}

export interface NoteFieldProps {
  readonly run: string;
  readonly note: string;
  readonly onDone: (note: string | null) => void;
}

/** A note in one line. */
export function NoteField({ run, note, onDone }: NoteFieldProps) {
  return (
    <RemarkField
      label={`Note on ${run}`}
      value={note}
      placeholder="What this run is about"
      longest={4000}
      testId="run-note-field"
      onDone={onDone}
    />
  );
}

export interface TitleFieldProps {
  readonly run: string;
  readonly title: string;
  readonly onDone: (title: string | null) => void;
}

/** What a run is called in place of the name of its folder. */
export function TitleField({ run, title, onDone }: TitleFieldProps) {
  return (
    <RemarkField
      label={`Title of ${run}`}
      value={title}
      placeholder={run}
      longest={120}
      testId="run-title-field"
      onDone={onDone}
    />
  );
}
