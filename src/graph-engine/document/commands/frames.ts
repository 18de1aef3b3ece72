import { defineCommand } from './command.ts';
import { graphOf, type Scope } from '../graphs.ts';
import type { Frame, Graph, MarkId } from '../schema.ts';

function frameOf(graph: Graph, id: MarkId): Frame {
  const frame = graph.frames?.[id];
  if (frame === undefined) throw new Error(`There is no frame "${id}" in the graph`);
  return frame;
}

/** Puts a titled frame on the canvas, with a free id (see `freshMarkId`). */
export const addFrame = defineCommand<{ scope: Scope; id: MarkId; frame: Frame }>({
  name: 'addFrame',
  label: 'Add frame',
  run(document, { scope, id, frame }) {
    const graph = graphOf(document, scope);
    if (graph.frames?.[id] !== undefined) throw new Error(`The id "${id}" is taken`);
    (graph.frames ??= {})[id] = frame;
  },
});

/** Changes a frame's title, colour, place or size. */
export const editFrame = defineCommand<{ scope: Scope; id: MarkId; changes: Partial<Frame> }>({
  name: 'editFrame',
  label: 'Edit frame',
  run(document, { scope, id, changes }) {
    const frame = frameOf(graphOf(document, scope), id);
    const { title, colour, position, size } = { ...frame, ...changes };
    if (frame.title !== title) frame.title = title;
    if (frame.colour !== colour) frame.colour = colour;
    if (frame.position.x !== position.x || frame.position.y !== position.y) frame.position = { ...position };
    if (frame.size.width !== size.width || frame.size.height !== size.height) frame.size = { ...size };
  },
});

/** Takes frames away; what lies in them stays. */
export const removeFrames = defineCommand<{ scope: Scope; ids: readonly MarkId[] }>({
  name: 'removeFrames',
  label: 'Remove frame',
  run(document, { scope, ids }) {
    const graph = graphOf(document, scope);
    for (const id of ids) {
      frameOf(graph, id);
      delete graph.frames?.[id];
    }
    if (graph.frames !== undefined && Object.keys(graph.frames).length === 0) delete graph.frames;
  },
});
