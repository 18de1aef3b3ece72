import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CallOutput } from '../../contract/contract.ts';
import type { SweepSummary } from '../../contract/sweeps.ts';
import { useHost } from '../connection/host.ts';
import { formatBytes } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';
import { isSweepGoingOn } from './describeSweep.ts';
import { deleteSweep, titleSweep } from './sweepActions.ts';

/** What can be done with a sweep as a whole. */
export function SweepMenu({ sweep }: { readonly sweep: SweepSummary }) {
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const isGoingOn = isSweepGoingOn(sweep.state);
  const close = (): void => setDialog(null);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton
            label="More of this sweep"
            icon={<Ellipsis size={15} aria-hidden />}
            className="size-6"
            data-testid="sweep-menu"
          />
        }
        items={[
          {
            label: 'Rename…',
            icon: <Pencil size={14} aria-hidden />,
            disabled: isGoingOn,
            testId: 'sweep-rename',
            onSelect: () => setDialog('rename'),
          },
          {
            label: 'Delete…',
            icon: <Trash2 size={14} aria-hidden />,
            danger: true,
            disabled: isGoingOn,
            testId: 'sweep-delete',
            onSelect: () => setDialog('delete'),
          },
        ]}
      />
      {dialog === 'rename' && <RenameDialog sweep={sweep} onClose={close} />}
      {dialog === 'delete' && <DeleteDialog sweep={sweep} onClose={close} />}
    </>
  );
}

interface SweepDialogProps {
  readonly sweep: SweepSummary;
  readonly onClose: () => void;
}

function RenameDialog({ sweep, onClose }: SweepDialogProps) {
  const { connection } = useHost();
  const [title, setTitle] = useState(sweep.title ?? '');
  const confirm = (): void => {
    onClose();
    void titleSweep(connection, sweep.id, title);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Rename the sweep"
      description={`Its folder stays sweeps/${sweep.id}.`}
      width="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" onClick={confirm} data-testid="dialog-confirm">
            Rename
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          confirm();
        }}
      >
        <TextField
          label="Title"
          wide
          autoFocus
          placeholder={sweep.id}
          value={title}
          onChange={setTitle}
          data-testid="sweep-title"
        />
      </form>
    </Dialog>
  );
}

function DeleteDialog({ sweep, onClose }: SweepDialogProps) {
  const { connection } = useHost();
  const [withRuns, setWithRuns] = useState(false);
  const [size, setSize] = useState<CallOutput<'sweep/size'>>();
  useEffect(() => {
    let isWanted = true;
    void connection.call('sweep/size', { sweep: sweep.id }).then((answer) => {
      if (isWanted && answer.ok) setSize(answer.value);
    });
    return () => {
      isWanted = false;
    };
  }, [connection, sweep.id]);
  const runs = size?.runs ?? 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Delete this sweep?"
      description={`“${sweep.title ?? sweep.id}” goes to the trash, from which it can be brought back.`}
      width="sm"
      data-testid="sweep-delete-dialog"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="danger"
            data-testid="dialog-confirm"
            onClick={() => {
              onClose();
              void deleteSweep(connection, sweep.id, withRuns);
            }}
          >
            Delete
          </Button>
        </>
      }
    >
      <Switch
        label={runs === 1 ? 'Its run too' : `Its ${size === undefined ? '' : `${runs} `}runs too`}
        help={
          size === undefined
            ? 'Their curves and weights.'
            : `Their curves and weights take ${formatBytes(size.bytesOfRuns)}; the sweep itself ${formatBytes(size.bytes)}.`
        }
        checked={withRuns}
        disabled={size !== undefined && runs === 0}
        onChange={setWithRuns}
        data-testid="sweep-with-runs"
      />
    </Dialog>
  );
}
