import { ArrowRight, Check, GraduationCap, Keyboard, MousePointer2, X } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import type { AppCommand } from '../app/appCommands.tsx';
import { canvasCommands } from '../canvas/canvasCommands.ts';
import { useDocument } from '../store/documentStore.ts';
import { keysOf, useKeyOverrides, type Bound } from '../store/keyBindings.ts';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Key } from '../ui/Key.tsx';
import { displayShortcut, onMac } from '../ui/shortcuts.ts';
import { TourRing } from './TourRing.tsx';
import { currentStep, tourSteps } from './tourSteps.ts';
import { finishTour, resumeTour, skipTour, useTour } from './tourStore.ts';

/** The guide above the canvas: what to do next, why, and how. It waits for the drawing, not for a button. */
export function TourBar({ commands }: { readonly commands: readonly AppCommand[] }) {
  const tour = useTour((state) => state);
  const shown = useDocument((state) => state.id);
  const graph = useDocument((state) => state.document.graph);
  if (tour.status !== 'running') return null;
  if (tour.document !== shown) {
    return (
      <Bar>
        <p className="min-w-0 flex-1 text-sm">The tour goes on in its own document.</p>
        <Button size="sm" onClick={resumeTour}>
          Go there
        </Button>
      </Bar>
    );
  }
  const at = currentStep({ graph, ...tour });
  const step = tourSteps[at];
  if (step === undefined) return <LastWords />;
  return (
    <Bar at={at}>
      <div role="status" className="min-w-0 flex-1" data-testid="tour-step" data-step={step.id}>
        <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
          <strong className="font-semibold">{step.title}</strong>
          <span className="text-xs text-ink-muted">{step.why}</span>
        </p>
        <p className="mt-0.5 flex flex-col gap-y-0.5 text-xs">
          <Way icon={<MousePointer2 size={12} aria-label="With the mouse" role="img" />}>{step.mouse}</Way>
          <Way icon={<Keyboard size={13} aria-label="With the keyboard" role="img" />}>
            <WithKeys text={step.keys} commands={commands} />
          </Way>
        </p>
      </div>
      <TourRing targets={step.target(graph)} />
    </Bar>
  );
}

/** One height for every step, so that the canvas does not move under the hand. */
const BAR = 'flex min-h-24 shrink-0 items-center gap-3 border-b border-line px-3 py-2 text-ink xl:min-h-20';

function Bar({ at, children }: { readonly at?: number; readonly children: ReactNode }) {
  return (
    <section aria-label="Tour" data-testid="tour" className={`${BAR} bg-accent-soft`}>
      <span className="flex shrink-0 flex-col items-center gap-1 text-accent-ink">
        <GraduationCap size={18} aria-hidden />
        {at !== undefined && (
          <span className="text-2xs tabular-nums">
            <span className="sr-only">Step </span>
            {at + 1}
            <span aria-hidden>/</span>
            <span className="sr-only"> of </span>
            {tourSteps.length}
          </span>
        )}
      </span>
      {children}
      <IconButton
        label="Leave the tour (Help leads back)"
        icon={<X size={14} aria-hidden />}
        className="size-7"
        onClick={skipTour}
        data-testid="tour-skip"
      />
    </section>
  );
}

function LastWords() {
  return (
    <section aria-label="Tour" data-testid="tour" className={`${BAR} bg-success-soft`}>
      <Check size={18} className="shrink-0 text-success" aria-hidden />
      <p role="status" className="min-w-0 flex-1 text-sm" data-testid="tour-done">
        <strong className="font-semibold">You drew a residual network, and it learns.</strong>{' '}
        <span className="text-xs text-ink-muted">
          The curves are under Training. Next: add a batch normalization on the branch, make a block of it, and repeat
          it.
        </span>
      </p>
      <Button size="sm" variant="primary" onClick={finishTour} data-testid="tour-finish">
        Done
      </Button>
    </section>
  );
}

function Way({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <span className="inline-flex items-baseline gap-1.5">
      <span className="shrink-0 self-center text-ink-muted">{icon}</span>
      <span>{children}</span>
    </span>
  );
}

/** A sentence in which `[id]` is written as the keys of that command as they are now. */
function WithKeys({ text, commands }: { readonly text: string; readonly commands: readonly AppCommand[] }) {
  useKeyOverrides();
  const all: readonly Bound[] = [...commands, ...canvasCommands];
  return text.split(/\[([\w:-]+)\]/).map((part, index) => {
    if (index % 2 === 0) return <Fragment key={index}>{part}</Fragment>;
    const command = all.find(({ id }) => id === part);
    const [key] = command === undefined ? [] : keysOf(command);
    return <Key key={index}>{key === undefined ? 'the command palette' : displayShortcut(key, onMac())}</Key>;
  });
}

/** Where an empty canvas offers the tour to who has not seen it; the answer is asked for once. */
export function TourOffer({ onStart }: { readonly onStart: () => void }) {
  const isNew = useTour(({ status }) => status === 'new');
  if (!isNew) return null;
  return (
    <div className="mt-4 flex flex-col gap-2 rounded-lg bg-accent-soft p-3" data-testid="tour-offer">
      <p className="flex items-start gap-2 text-sm">
        <GraduationCap size={16} className="mt-0.5 shrink-0 text-accent-ink" aria-hidden />
        <span>
          New here? Draw a residual network with a guide and train it: <strong>two minutes</strong>.
        </span>
      </p>
      <div className="flex gap-2">
        <Button size="sm" icon={<ArrowRight size={13} aria-hidden />} onClick={onStart} data-testid="tour-start">
          Start the tour
        </Button>
        <Button size="sm" variant="ghost" onClick={skipTour} data-testid="tour-decline">
          No, thanks
        </Button>
      </div>
    </div>
  );
}
