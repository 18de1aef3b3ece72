import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';

const AROUND = 4;

/** A ring round what the guide speaks of, wherever it moves; it takes no pointer and is hidden from screen readers. */
export function TourRing({ targets }: { readonly targets: readonly string[] }) {
  const ring = useRef<HTMLDivElement>(null);
  const selectors = targets.join('\n');

  useEffect(() => {
    let frame = 0;
    let shownFor: Element | null = null;
    function follow() {
      const target = selectors
        .split('\n')
        .map((selector) => (selector === '' ? null : document.querySelector(selector)))
        .find((element) => element !== null && element.getClientRects().length > 0);
      const element = ring.current;
      if (element !== null) {
        element.hidden = target === undefined || target === null;
        if (target !== undefined && target !== null) {
          if (target !== shownFor) target.scrollIntoView({ block: 'nearest' });
          const { x, y, width, height } = target.getBoundingClientRect();
          element.style.transform = `translate(${x - AROUND}px, ${y - AROUND}px)`;
          element.style.width = `${width + 2 * AROUND}px`;
          element.style.height = `${height + 2 * AROUND}px`;
        }
      }
      shownFor = target ?? null;
      frame = requestAnimationFrame(follow);
    }
    follow();
    return () => cancelAnimationFrame(frame);
  }, [selectors]);

  return createPortal(
    <div
      ref={ring}
      aria-hidden
      hidden
      data-testid="tour-ring"
      className="pointer-events-none fixed top-0 left-0 z-30 rounded-lg border-2 border-accent motion-safe:animate-pulse"
    />,
    document.body,
  );
}
