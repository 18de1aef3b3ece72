import { NodeResizer, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { classNames } from '../../ui/classNames.ts';
import { Markdown } from '../../ui/Markdown.tsx';
import { editText, useCanvas } from '../canvasStore.ts';
import { focusCanvas } from '../focusCanvas.ts';
import type { NoteNode } from './deriveMarks.ts';
import { setMarkText } from './editMarks.ts';

/** Text on the canvas; a double click or Enter lets it be typed. */
export const NoteCard = memo(function NoteCard({ id, data, selected }: NodeProps<NoteNode>) {
  const typing = useCanvas((state) => state.typing === id);
  return (
    <div
      className={classNames('sw-note', selected && 'is-selected')}
      data-colour={data.colour}
      data-testid={id}
      onDoubleClick={() => editText(id)}
    >
      <NodeResizer
        isVisible={selected}
        minWidth={80}
        minHeight={40}
        handleClassName="sw-resize"
        lineClassName="sw-edge"
      />
      {typing ? (
        <NoteField id={id} text={data.text} />
      ) : (
        <div className="sw-note-text nowheel">
          {data.text === '' ? (
            <p className="text-ink-muted">Double-click to write.</p>
          ) : (
            <Markdown source={data.text} />
          )}
        </div>
      )}
    </div>
  );
});

function NoteField({ id, text }: { readonly id: string; readonly text: string }) {
  return (
    <textarea
      autoFocus
      aria-label="Text of the note, in Markdown"
      placeholder="Markdown: # heading, **bold**, - list, `code`"
      defaultValue={text}
      maxLength={8000}
      className="nodrag nowheel sw-note-field"
      data-testid="note-field"
      onBlur={(event) => {
        setMarkText(id, event.currentTarget.value);
        editText(null);
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) focusCanvas();
      }}
    />
  );
}
