import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { moveParameter, renameParameter, whyNotNamed } from '../../graph-engine/document/commands/blockParameters.ts';
import { declareParameter, removeParameter } from '../../graph-engine/document/commands/editBlock.ts';
import type { BlockDefinition, BlockId, BlockParameter } from '../../graph-engine/document/schema.ts';
import { labelOf } from '../inspector/formFields.ts';
import { Section } from '../inspector/Section.tsx';
import { dispatch } from '../store/documentStore.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { DeclarationForm } from './DeclarationForm.tsx';

const ICON = { size: 13, 'aria-hidden': true } as const;
const KIND_NAMES: Readonly<Record<BlockParameter['kind'], string>> = {
  integer: 'whole number',
  number: 'number',
  boolean: 'yes or no',
  choice: 'choice',
};

/** What a parameter takes, in a few words: `whole number, 1 to 64`. */
function rangeOf({ kind, minimum, maximum, choices = [] }: BlockParameter): string {
  if (kind === 'choice') return choices.join(' | ');
  if (minimum !== undefined && maximum !== undefined) return `${KIND_NAMES[kind]}, ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${KIND_NAMES[kind]}, ${minimum} or more`;
  if (maximum !== undefined) return `${KIND_NAMES[kind]}, ${maximum} or less`;
  return KIND_NAMES[kind];
}

function freshName(definition: BlockDefinition): string {
  for (let number = 1; ; number++)
    if (whyNotNamed(definition, `parameter${number}`) === undefined) return `parameter${number}`;
}

export interface DeclaredParametersProps {
  readonly block: BlockId;
  readonly definition: BlockDefinition;
}

/** What can be set on every use of a block: names, defaults, limits and words, in the order of the form. */
export function DeclaredParameters({ block, definition }: DeclaredParametersProps) {
  const { parameters } = definition;
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Section title="Declared parameters" aside={parameters.length === 0 ? 'none' : 'set on every use'}>
      <ul data-testid="declared-parameters">
        {parameters.map((parameter, place) => (
          <li key={parameter.name} className="border-t border-line py-1 first:border-t-0">
            <button
              type="button"
              aria-expanded={open === parameter.name}
              onClick={() => setOpen(open === parameter.name ? null : parameter.name)}
              className="flex w-full items-baseline justify-between gap-3 rounded-sm px-1 py-0.5 text-left text-sm hover:bg-hover"
              data-testid={`declared-${parameter.name}`}
            >
              <code className="font-mono text-xs">{parameter.name}</code>
              <span className="min-w-0 truncate text-right text-2xs text-ink-muted tabular-nums">
                {rangeOf(parameter)} · {String(parameter.default)}
              </span>
            </button>
            {open === parameter.name && (
              <div className="mt-1 mb-2 flex flex-col gap-1.5 px-1" data-testid={`declaration-${parameter.name}`}>
                <DeclarationForm
                  definition={definition}
                  parameter={parameter}
                  onRename={(to) => {
                    dispatch(renameParameter, { block, from: parameter.name, to });
                    setOpen(to);
                  }}
                  onChange={(next) => dispatch(declareParameter, { block, parameter: next })}
                />
                <div className="flex justify-end gap-0.5">
                  <IconButton
                    label={`Move ${parameter.name} up`}
                    icon={<ArrowUp {...ICON} />}
                    className="size-6"
                    disabled={place === 0}
                    onClick={() => dispatch(moveParameter, { block, name: parameter.name, place: place - 1 })}
                  />
                  <IconButton
                    label={`Move ${parameter.name} down`}
                    icon={<ArrowDown {...ICON} />}
                    className="size-6"
                    disabled={place === parameters.length - 1}
                    onClick={() => dispatch(moveParameter, { block, name: parameter.name, place: place + 1 })}
                  />
                  <IconButton
                    label={`Remove ${parameter.name}`}
                    icon={<Trash2 {...ICON} />}
                    className="size-6"
                    onClick={() => dispatch(removeParameter, { block, name: parameter.name })}
                  />
                </div>
              </div>
            )}
            {open !== parameter.name && parameter.description !== undefined && (
              <p className="px-1 text-2xs text-ink-muted">{parameter.description}</p>
            )}
          </li>
        ))}
      </ul>
      {parameters.length < 64 && (
        <button
          type="button"
          onClick={() => {
            const name = freshName(definition);
            dispatch(declareParameter, { block, parameter: { name, kind: 'integer', default: 1 } });
            setOpen(name);
          }}
          className="mt-1 flex items-center gap-1 rounded-sm px-1 py-0.5 text-xs text-ink-muted hover:bg-hover hover:text-ink"
          data-testid="declare-parameter"
        >
          <Plus {...ICON} />
          Declare a parameter
        </button>
      )}
      {open !== null && (
        <p className="mt-1 px-1 text-2xs text-ink-muted">
          {labelOf(open)}: write <code className="rounded-xs bg-sunken px-1 font-mono text-ink">= {open}</code> in a
          field inside the block to use it.
        </p>
      )}
    </Section>
  );
}
