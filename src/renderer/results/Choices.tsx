import { classNames } from '../ui/classNames.ts';

export interface ChoicesProps<Name extends string> {
  readonly label: string;
  readonly names: readonly Name[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
  /** What the test id of each begins with. */
  readonly testId: string;
}

/** A row of buttons, one of which is pressed. */
export function Choices<Name extends string>({ label, names, chosen, onChoose, testId }: ChoicesProps<Name>) {
  return (
    <div role="group" aria-label={label} className="flex h-8 items-center gap-1">
      {names.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={chosen === name}
          onClick={() => onChoose(name)}
          data-testid={`${testId}-${name.toLowerCase().replaceAll(' ', '-')}`}
          className={classNames(
            'rounded-md px-2 py-1 text-xs',
            chosen === name ? 'bg-accent-soft font-medium text-accent-ink' : 'text-ink-muted hover:bg-hover',
          )}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
