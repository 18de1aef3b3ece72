import { Separator } from 'react-resizable-panels';
import { classNames } from './classNames.ts';

export interface DividerProps {
  /** How the parts lie that it divides. */
  readonly orientation: 'horizontal' | 'vertical';
}

/** A hairline between two parts: to drag, or to focus and move with the arrow keys; a double click sets it back. */
export function Divider({ orientation }: DividerProps) {
  return (
    <Separator
      aria-label="Size of the panes"
      className={classNames(
        'relative z-10 bg-line in-[[data-workspace-layout][inert]]:invisible outline-none after:absolute after:transition-colors after:duration-100 hover:after:bg-accent/50 focus-visible:after:bg-focus data-[separator=active]:after:bg-accent',
        orientation === 'horizontal'
          ? 'w-px after:inset-y-0 after:-left-px after:w-[3px]'
          : 'h-px after:inset-x-0 after:-top-px after:h-[3px]',
      )}
    />
  );
}
