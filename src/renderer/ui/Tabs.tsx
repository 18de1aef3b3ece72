import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** A small mark behind the label, such as a running dot. */
  readonly mark?: ReactNode;
  readonly content: ReactNode;
}

export interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly active: Id;
  readonly onChange: (id: Id) => void;
}

/** Panels sharing one place; inactive ones stay mounted, so that scroll and zoom are kept. */
export function Tabs<Id extends string>({ label, tabs, active, onChange }: TabsProps<Id>) {
  return (
    <BaseTabs.Root
      value={active}
      onValueChange={(next) => {
        const found = tabs.find((tab) => tab.id === next);
        if (found !== undefined) onChange(found.id);
      }}
      className="flex h-full min-h-0 flex-col"
    >
      <BaseTabs.List
        aria-label={label}
        className="relative flex h-10 shrink-0 items-stretch gap-1 border-b border-line px-2"
      >
        {tabs.map((tab) => (
          <BaseTabs.Tab
            key={tab.id}
            value={tab.id}
            data-testid={`tab-${tab.id}`}
            className="flex items-center gap-1.5 rounded-sm px-2 text-sm font-medium text-ink-muted select-none hover:text-ink focus-visible:-outline-offset-2 data-active:text-ink"
          >
            {tab.label}
            {tab.mark}
          </BaseTabs.Tab>
        ))}
        <BaseTabs.Indicator className="absolute bottom-[-1px] left-0 h-0.5 w-[var(--active-tab-width)] translate-x-[var(--active-tab-left)] rounded-full bg-accent transition-all duration-150" />
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel
          key={tab.id}
          value={tab.id}
          keepMounted
          className="min-h-0 flex-1 outline-none data-hidden:hidden"
        >
          {tab.content}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
