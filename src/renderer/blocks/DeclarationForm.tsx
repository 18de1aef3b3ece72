import { useId, type ReactNode } from 'react';
import { whyNotDeclared, whyNotNamed } from '../../graph-engine/document/commands/blockParameters.ts';
import type { BlockDefinition, BlockParameter } from '../../graph-engine/document/schema.ts';
import { CommitText } from '../inspector/CommitText.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';
import { parseNumber } from '../ui/parseNumber.ts';
import { asKind, splitChoices, withLimit } from './declaration.ts';

const KINDS = [
  { value: 'integer', label: 'Whole number' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'choice', label: 'Choice' },
] as const;

export interface DeclarationFormProps {
  readonly definition: BlockDefinition;
  readonly parameter: BlockParameter;
  readonly onRename: (name: string) => void;
  readonly onChange: (next: BlockParameter) => void;
}

/** Everything a block says of one of its parameters; nothing that contradicts itself comes into the document. */
export function DeclarationForm({ definition, parameter, onRename, onChange }: DeclarationFormProps) {
  const { name, kind, default: initial, minimum, maximum, choices = [], description = '' } = parameter;
  const isNumber = kind === 'integer' || kind === 'number';
  const numberCheck = (next: (value: number) => BlockParameter) => (text: string) => {
    const parsed = parseNumber(text, { integer: kind === 'integer' });
    return parsed.ok ? whyNotDeclared(next(parsed.value)) : parsed.error;
  };
  const limit = (which: 'minimum' | 'maximum', value: number | undefined) => (
    <Row label={which === 'minimum' ? 'At least' : 'At most'}>
      <CommitText
        label={which === 'minimum' ? `Minimum of ${name}` : `Maximum of ${name}`}
        placeholder="no limit"
        value={value === undefined ? '' : String(value)}
        check={(text) =>
          text.trim() === '' ? undefined : numberCheck((next) => withLimit(parameter, which, next))(text)
        }
        onCommit={(text) => {
          const parsed = text.trim() === '' ? undefined : parseNumber(text);
          onChange(withLimit(parameter, which, parsed?.ok === true ? parsed.value : undefined));
        }}
        testId={`declared-${which}`}
      />
    </Row>
  );
  return (
    <>
      <Row label="Name">
        <CommitText
          label={`Name of ${name}`}
          value={name}
          check={(text) => whyNotNamed(definition, text.trim(), name)}
          onCommit={(text) => onRename(text.trim())}
          className="font-mono text-xs"
          testId="declared-name"
        />
      </Row>
      <Select
        label="Takes"
        value={kind}
        options={KINDS}
        onChange={(next) => onChange(asKind(parameter, next))}
        data-testid="declared-kind"
      />
      {kind === 'boolean' && (
        <Switch
          label="Default"
          checked={initial === true}
          onChange={(checked) => onChange({ ...parameter, default: checked })}
          data-testid="declared-default"
        />
      )}
      {kind === 'choice' && (
        <>
          <Row label="Choices">
            <CommitText
              label={`Choices of ${name}`}
              value={choices.join(', ')}
              check={(text) => whyNotDeclared(asKind({ ...parameter, choices: splitChoices(text) }, 'choice'))}
              onCommit={(text) => onChange(asKind({ ...parameter, choices: splitChoices(text) }, 'choice'))}
              testId="declared-choices"
            />
          </Row>
          <Select
            label="Default"
            value={String(initial)}
            options={choices.map((choice) => ({ value: choice, label: choice }))}
            onChange={(next) => onChange({ ...parameter, default: next })}
            data-testid="declared-default"
          />
        </>
      )}
      {isNumber && (
        <>
          <Row label="Default">
            <CommitText
              label={`Default of ${name}`}
              value={String(initial)}
              check={numberCheck((value) => ({ ...parameter, default: value }))}
              onCommit={(text) => {
                const parsed = parseNumber(text, { integer: kind === 'integer' });
                if (parsed.ok) onChange({ ...parameter, default: parsed.value });
              }}
              testId="declared-default"
            />
          </Row>
          {limit('minimum', minimum)}
          {limit('maximum', maximum)}
        </>
      )}
      <CommitText
        label={`Description of ${name}`}
        placeholder="What it does, in a sentence"
        lines={2}
        value={description}
        check={(text) => (text.length > 500 ? 'A description has at most 500 characters.' : undefined)}
        onCommit={(text) => {
          const { description: _before, ...others } = parameter;
          onChange({ ...others, ...(text.trim() !== '' && { description: text.trim() }) });
        }}
        testId="declared-description"
      />
    </>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,11rem)] items-start gap-3" role="group" aria-labelledby={id}>
      <span id={id} className="truncate pt-1 text-sm text-ink">
        {label}
      </span>
      {children}
    </div>
  );
}
