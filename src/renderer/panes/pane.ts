import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';

/** A side of the canvas at which panes lie. */
export type Side = 'left' | 'right' | 'bottom';

/** The panes by name; each has its entry in the list of panes. */
export type PaneId =
  | 'palette'
  | 'inspector'
  | 'training'
  | 'problems'
  | 'results'
  | 'runs'
  | 'differences'
  | 'history'
  | 'sweeps'
  | 'engines';

/** What lies beside the canvas: it is moved, resized, hidden and brought back without knowing of it. */
export interface Pane {
  readonly id: PaneId;
  readonly title: string;
  readonly icon: LucideIcon;
  /** Where it lies until the user moves it. */
  readonly home: Side;
  /** Whether it is shown before the user shows or hides it. */
  readonly open: boolean;
  readonly shortcut: string;
  /** Fills the place it is given, at any size from 200 by 96 pixels. Its effects rest while it is not seen. */
  readonly Content: ComponentType;
  /** A small sign behind the title, such as a dot while something is under way. */
  readonly Mark?: ComponentType;
}
