import { useId, useState } from 'react';
import type { HostProblem } from '../../contract/contract.ts';
import { closeFileDialog } from '../files/fileDialog.ts';
import { Button } from '../ui/Button.tsx';
import { inputClassName } from '../ui/FieldLayout.tsx';
import { TextField } from '../ui/TextField.tsx';
import { idOf } from './ownLibrary.ts';
import type { OwnBlockWords } from './ownLibraryActions.ts';

/** The card that is being written, and what stands in its way. */
export function useBlockCard(start: { readonly name: string; readonly description?: string | undefined } | undefined) {
  const [name, setName] = useState(start?.name ?? '');
  const [description, setDescription] = useState(start?.description ?? '');
  const [problem, setProblem] = useState<HostProblem | null>(null);
  const id = name.trim() === '' ? undefined : idOf(name);
  const taken = problem?.code === 'file/exists';
  return {
    name,
    description,
    problem,
    setProblem,
    taken,
    card: id === undefined ? undefined : { id, name: name.trim(), description, replace: taken },
    write(next: string) {
      setName(next.slice(0, 64));
      setProblem(null);
    },
    describe: setDescription,
  };
}

type CardState = ReturnType<typeof useBlockCard>;

const FORM = 'block-card';

/** Picture, name and description. Its `BlockCardButtons` stand in the dialog's foot. */
export function BlockCardForm({
  state,
  picture,
  testId,
  onSubmit,
}: {
  readonly state: CardState;
  readonly picture: string | null;
  readonly testId: string;
  readonly onSubmit: (card: OwnBlockWords) => void;
}) {
  const descriptionId = useId();
  const { name, description, problem, taken, card, write, describe } = state;
  return (
    <form
      id={FORM}
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (card !== undefined) onSubmit(card);
      }}
    >
      {picture !== null && (
        <img
          src={`data:image/svg+xml;utf8,${encodeURIComponent(picture)}`}
          alt="How the block looks in the palette"
          className="h-36 w-full rounded-lg border border-line bg-white object-contain p-2"
        />
      )}
      <TextField label="Name" wide autoFocus value={name} onChange={write} data-testid={`${testId}-name`} />
      <label htmlFor={descriptionId} className="-mb-2 text-xs text-ink-muted">
        Description
      </label>
      <textarea
        id={descriptionId}
        rows={3}
        maxLength={4000}
        value={description}
        onChange={(event) => describe(event.target.value)}
        className={`${inputClassName} h-auto py-1.5`}
        data-testid={`${testId}-description`}
      />
      {problem !== null && (
        <p role="alert" className={taken ? 'text-xs text-warning' : 'text-xs text-danger'}>
          {problem.message} {problem.remedy}
        </p>
      )}
    </form>
  );
}

/** Cancel and confirm; confirming again replaces what has the name. */
export function BlockCardButtons({
  state: { taken, card },
  confirm,
  replace,
}: {
  readonly state: CardState;
  readonly confirm: string;
  readonly replace: string;
}) {
  return (
    <>
      <Button onClick={closeFileDialog}>Cancel</Button>
      <Button
        variant={taken ? 'danger' : 'primary'}
        type="submit"
        form={FORM}
        disabled={card === undefined}
        data-testid="dialog-confirm"
      >
        {taken ? replace : confirm}
      </Button>
    </>
  );
}
