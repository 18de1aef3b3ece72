import { useEffect, useState, type RefObject } from 'react';

/** How long the pointer rests on something before it is explained. */
const REST_MILLISECONDS = 650;
/** What ends a rest on the canvas. */
const DISTURBANCES = ['pointerdown', 'pointerleave', 'wheel'] as const;

/** What lies under the pointer: while its `id` stays the same the pointer rests. */
export interface Rest<Explained> {
  readonly id: string;
  /** Asked once the pointer has rested. */
  explain(canvas: DOMRect): Explained;
}

/**
 * What the pointer has rested on; nothing while a button is down, after a key, and for fingers. `under` must stay the same
 * function.
 */
export function useResting<Explained>(
  root: RefObject<HTMLElement | null>,
  under: (event: PointerEvent) => Rest<Explained> | null,
): Explained | null {
  const [explained, setExplained] = useState<Explained | null>(null);
  useEffect(() => {
    const canvas = root.current;
    if (canvas === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waitingFor: string | null = null;
    const forget = (): void => {
      clearTimeout(timer);
      waitingFor = null;
      setExplained(null);
    };
    const onMove = (event: PointerEvent): void => {
      const rest = event.buttons === 0 && event.pointerType === 'mouse' ? under(event) : null;
      if (rest !== null && rest.id === waitingFor) return;
      forget();
      if (rest === null) return;
      waitingFor = rest.id;
      timer = setTimeout(() => {
        const next = rest.explain(canvas.getBoundingClientRect());
        setExplained(() => next);
      }, REST_MILLISECONDS);
    };
    canvas.addEventListener('pointermove', onMove);
    for (const name of DISTURBANCES) canvas.addEventListener(name, forget);
    window.addEventListener('keydown', forget);
    return () => {
      clearTimeout(timer);
      canvas.removeEventListener('pointermove', onMove);
      for (const name of DISTURBANCES) canvas.removeEventListener(name, forget);
      window.removeEventListener('keydown', forget);
    };
  }, [root, under]);
  return explained;
}
