import type { CatalogueItem } from './catalogue.ts';

/** The type of the drag data of palette items; its presence tells them from files and text. */
export const dragData = 'application/x-skipwire-item';

let dragged: CatalogueItem | undefined;

/** Remembers what is dragged: the data of a drag cannot be read before the drop. */
export function setDraggedItem(item: CatalogueItem | undefined): void {
  dragged = item;
}

/** The palette item that is being dragged. */
export function draggedItem(): CatalogueItem | undefined {
  return dragged;
}
