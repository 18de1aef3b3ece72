import { Columns3, Download, Filter, FolderTree, Search, Tag, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { RunState } from '../../contract/run.ts';
import { describeRun } from '../training/describeRun.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, type MenuItem } from '../ui/Menu.tsx';
import type { GroupBy } from './groupRows.ts';
import { runsView } from './runsView.ts';

const GROUPS: readonly (readonly [GroupBy, string])[] = [
  ['nothing', 'No groups'],
  ['family', 'What continues what'],
  ['network', 'Network'],
  ['document', 'Document'],
  ['data', 'Data'],
  ['state', 'State'],
  ['sweep', 'Sweep'],
];

const STATES = RunState.options.map((option) => [...option.shape.status.values][0] ?? 'finished');

export interface RunsToolbarProps {
  /** Whether the table and the comparison stand beside each other. */
  readonly isWide: boolean;
  readonly shown: number;
  readonly all: number;
  readonly knownTags: readonly string[];
  readonly onColumns: () => void;
  readonly onTrash: () => void;
  readonly exportItems: readonly (MenuItem | 'separator')[];
}

/** What runs are looked for, put together and taken away by. */
export function RunsToolbar({ isWide, shown, all, knownTags, onColumns, onTrash, exportItems }: RunsToolbarProps) {
  const { words, tags, states, ofDocument, group, side, chosen } = useStore(runsView);
  return (
    <div
      role="toolbar"
      aria-label="Runs"
      className="flex shrink-0 flex-wrap items-center gap-1 border-b border-line bg-surface px-2 py-1"
    >
      <label className="relative flex min-w-32 flex-1 items-center sm:max-w-64">
        <Search size={13} aria-hidden className="pointer-events-none absolute left-2 text-ink-muted" />
        <input
          type="search"
          aria-label="Find runs"
          placeholder="Find runs"
          value={words}
          onChange={(event) => runsView.setState({ words: event.target.value })}
          data-testid="runs-find"
          spellCheck={false}
          className="h-7 w-full min-w-0 rounded-md border border-line bg-surface pr-2 pl-7 text-sm text-ink placeholder:text-ink-faint hover:border-line-strong focus:border-focus focus:outline-2 focus:-outline-offset-1 focus:outline-focus"
        />
      </label>
      <Choice
        label="Tags"
        icon={<Tag size={13} aria-hidden />}
        chosen={tags.length}
        testId="runs-tags"
        items={knownTags.map((tag) => switchOf(tag, tags.includes(tag), () => ({ tags: toggled(tags, tag) })))}
        nothing="No run has a tag yet"
      />
      <Choice
        label="State"
        icon={<Filter size={13} aria-hidden />}
        chosen={states.length + Number(ofDocument)}
        testId="runs-states"
        items={[
          switchOf('Only of the shown document', ofDocument, () => ({ ofDocument: !ofDocument })),
          ...STATES.map((state) =>
            switchOf(labelOf(state), states.includes(state), () => ({ states: toggled(states, state) })),
          ),
        ]}
      />
      <Choice
        label="Group"
        icon={<FolderTree size={13} aria-hidden />}
        chosen={group === 'nothing' ? 0 : 1}
        testId="runs-group"
        items={GROUPS.map(([value, label]) => switchOf(label, group === value, () => ({ group: value })))}
      />
      <span
        className="px-1 text-2xs whitespace-nowrap text-ink-muted tabular-nums"
        role="status"
        data-testid="runs-count"
      >
        {shown === all ? `${all} ${all === 1 ? 'run' : 'runs'}` : `${shown} of ${all} runs`}
      </span>
      <span className="ml-auto flex items-center gap-1">
        <span
          className={classNames('rounded-md bg-sunken p-0.5 text-2xs', isWide ? 'hidden' : 'flex')}
          role="radiogroup"
          aria-label="Shown"
        >
          {(['table', 'comparison'] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="radio"
              aria-checked={side === one}
              onClick={() => runsView.setState({ side: one })}
              data-testid={`runs-side-${one}`}
              className={classNames(
                'h-6 rounded-sm px-2 text-ink-muted hover:text-ink',
                side === one && 'bg-raised text-ink shadow-card',
              )}
            >
              {one === 'table' ? 'Table' : `Compare ${chosen.length || ''}`.trim()}
            </button>
          ))}
        </span>
        <IconButton
          label="Columns…"
          icon={<Columns3 size={15} aria-hidden />}
          className="size-7"
          onClick={onColumns}
          data-testid="runs-columns"
        />
        <Menu
          align="end"
          trigger={
            <Button
              size="sm"
              variant="ghost"
              className="h-7"
              icon={<Download size={13} aria-hidden />}
              data-testid="runs-export"
            >
              Export
            </Button>
          }
          items={exportItems}
        />
        <IconButton
          label="Trash…"
          icon={<Trash2 size={15} aria-hidden />}
          className="size-7"
          onClick={onTrash}
          data-testid="runs-trash"
        />
      </span>
    </div>
  );
}

function toggled(all: readonly string[], one: string): readonly string[] {
  return all.includes(one) ? all.filter((other) => other !== one) : [...all, one];
}

function switchOf(
  label: string,
  checked: boolean,
  change: () => Partial<ReturnType<typeof runsView.getState>>,
): MenuItem {
  return { label, checked, onSelect: () => runsView.setState(change()) };
}

function labelOf(status: (typeof STATES)[number]): string {
  switch (status) {
    case 'failed':
      return describeRun({ status, problem: { code: '', message: '' } }).label;
    case 'interrupted':
      return describeRun({ status, reason: '' }).label;
    default:
      return describeRun({ status }).label;
  }
}

interface ChoiceProps {
  readonly label: string;
  readonly icon: ReactNode;
  /** How many are on. */
  readonly chosen: number;
  readonly items: readonly MenuItem[];
  readonly nothing?: string;
  readonly testId: string;
}

function Choice({ label, icon, chosen, items, nothing = '', testId }: ChoiceProps) {
  const none: MenuItem = { label: nothing, disabled: true, onSelect: () => undefined };
  return (
    <Menu
      trigger={
        <Button
          size="sm"
          variant="ghost"
          icon={icon}
          className={classNames('h-7', chosen > 0 && 'bg-accent-soft text-accent-ink')}
          aria-label={chosen > 0 ? `${label}, ${chosen} chosen` : label}
          data-testid={testId}
        >
          {label}
        </Button>
      }
      items={items.length === 0 ? [none] : items}
    />
  );
}
