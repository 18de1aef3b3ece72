import { defineCommand } from './command.ts';
import { graphOf, type Scope } from '../graphs.ts';
import type { Note, Graph, MarkId } from '../schema.ts';

function noteOf(graph: Graph, id: MarkId): Note {
  const note = graph.notes?.[id];
  if (note === undefined) throw new Error(`There is no note "${id}" in the graph`);
  return note;
}

/** Puts text on the canvas, with a free id (see `freshMarkId`). */
export const addNote = defineCommand<{ scope: Scope; id: MarkId; note: Note }>({
  name: 'addNote',
  label: 'Add note',
  run(document, { scope, id, note }) {
    const graph = graphOf(document, scope);
    if (graph.notes?.[id] !== undefined) throw new Error(`The id "${id}" is taken`);
    (graph.notes ??= {})[id] = note;
  },
});

/** Changes a note's text, colour, place or size. */
export const editNote = defineCommand<{ scope: Scope; id: MarkId; changes: Partial<Note> }>({
  name: 'editNote',
  label: 'Edit note',
  run(document, { scope, id, changes }) {
    const note = noteOf(graphOf(document, scope), id);
    const { text, colour, position, size } = { ...note, ...changes };
    if (note.text !== text) note.text = text;
    if (note.colour !== colour) note.colour = colour;
    if (note.position.x !== position.x || note.position.y !== position.y) note.position = { ...position };
    if (note.size.width !== size.width || note.size.height !== size.height) note.size = { ...size };
  },
});

/** Takes notes away. */
export const removeNotes = defineCommand<{ scope: Scope; ids: readonly MarkId[] }>({
  name: 'removeNotes',
  label: 'Remove note',
  run(document, { scope, ids }) {
    const graph = graphOf(document, scope);
    for (const id of ids) {
      noteOf(graph, id);
      delete graph.notes?.[id];
    }
    if (graph.notes !== undefined && Object.keys(graph.notes).length === 0) delete graph.notes;
  },
});
