import { Maximize2, Trash2 } from 'lucide-react';
import { MarkColour, type Frame, type Note } from '../../graph-engine/document/schema.ts';
import { deleteSelection } from '../canvas/editing.ts';
import { fitFrames, setMarkColour, setMarkText } from '../canvas/marks/editMarks.ts';
import { parseMark } from '../canvas/marks/markKeys.ts';
import { useShownScope } from '../store/scope.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { inputClassName } from '../ui/FieldLayout.tsx';
import { Section } from './Section.tsx';

/** A frame, a note, or a point of a wire: its text and its colour. */
export function MarkInspector({ id }: { readonly id: string }) {
  const { graph } = useShownScope();
  const mark = parseMark(id);
  const frame = mark?.kind === 'frame' ? graph.frames?.[mark.id] : undefined;
  const note = mark?.kind === 'note' ? graph.notes?.[mark.id] : undefined;
  return (
    <div data-testid="inspector-mark">
      <Section title={frame !== undefined ? 'Frame' : note !== undefined ? 'Note' : 'Point of a wire'}>
        {frame !== undefined && <FrameFields key={id} id={id} frame={frame} />}
        {note !== undefined && <NoteFields key={id} id={id} note={note} />}
        <div className="mt-3 flex flex-wrap gap-1.5">
          {frame !== undefined && mark?.kind === 'frame' && (
            <Button size="sm" icon={<Maximize2 size={13} aria-hidden />} onClick={() => fitFrames([mark.id])}>
              Fit to what lies in it
            </Button>
          )}
          <Button
            size="sm"
            variant="danger"
            icon={<Trash2 size={13} aria-hidden />}
            onClick={() => deleteSelection(true)}
          >
            Delete
          </Button>
        </div>
        {frame !== undefined && <p className="mt-2 text-2xs text-ink-muted">What lies in it stays.</p>}
      </Section>
    </div>
  );
}

function FrameFields({ id, frame }: { readonly id: string; readonly frame: Frame }) {
  return (
    <>
      <input
        aria-label="Title"
        key={frame.title}
        defaultValue={frame.title}
        maxLength={120}
        className={inputClassName}
        onBlur={(event) => setMarkText(id, event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
        data-testid="field-frame-title"
      />
      <Colours id={id} chosen={frame.colour} />
    </>
  );
}

function NoteFields({ id, note }: { readonly id: string; readonly note: Note }) {
  return (
    <>
      <textarea
        aria-label="Text, in Markdown"
        key={note.text}
        defaultValue={note.text}
        maxLength={8000}
        rows={8}
        className={`${inputClassName} h-auto py-1.5 font-mono text-xs`}
        onBlur={(event) => setMarkText(id, event.currentTarget.value)}
      />
      <Colours id={id} chosen={note.colour} />
    </>
  );
}

function Colours({ id, chosen }: { readonly id: string; readonly chosen: MarkColour }) {
  return (
    <div role="radiogroup" aria-label="Colour" className="mt-3 flex gap-1.5">
      {MarkColour.options.map((colour) => (
        <button
          key={colour}
          type="button"
          role="radio"
          aria-checked={colour === chosen}
          aria-label={colour}
          title={colour}
          onClick={() => setMarkColour([id], colour)}
          data-colour={colour}
          data-testid={`colour-${colour}`}
          className={classNames(
            'sw-swatch size-6 rounded-md border-2',
            colour === chosen ? 'border-focus' : 'border-transparent',
          )}
          style={{ background: 'color-mix(in srgb, var(--mark) 55%, var(--color-surface))' }}
        />
      ))}
    </div>
  );
}
