import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { useId } from 'react';
import { FieldLayout } from './FieldLayout.tsx';

export interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly help?: string;
  readonly disabled?: boolean;
  readonly 'data-testid'?: string;
}

/** On or off, at once. */
export function Switch({ label, checked, onChange, help, ...rest }: SwitchProps) {
  const id = useId();
  return (
    <FieldLayout label={label} htmlFor={id} {...(help !== undefined && { help })}>
      <BaseSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        className="flex h-[18px] w-8 shrink-0 justify-self-end @max-[17rem]:justify-self-start rounded-full bg-line-strong p-0.5 transition-colors duration-100 data-checked:bg-accent data-disabled:opacity-50"
        {...rest}
      >
        <BaseSwitch.Thumb className="size-3.5 rounded-full bg-white shadow-card transition-transform duration-100 data-checked:translate-x-3.5" />
      </BaseSwitch.Root>
    </FieldLayout>
  );
}
