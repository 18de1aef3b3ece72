import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { EngineStatus } from '../../contract/engines.ts';
import { useHost } from '../connection/host.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Select } from '../ui/Select.tsx';
import { gigabytes, variantOf } from './describeEngine.ts';
import { installEngine } from './engineActions.ts';

/** Stands for fetching, among the files. */
const FETCH = ':fetch';

export interface InstallDialogProps {
  /** What is to be installed; null while nothing is asked. */
  readonly engine: EngineStatus | null;
  readonly onClose: () => void;
}

/** Says what would be installed, how large it is and where it comes from, before anything is fetched. */
export function InstallDialog({ engine, onClose }: InstallDialogProps) {
  const { connection } = useHost();
  const [wheels, setWheels] = useState<readonly string[]>([]);
  const [source, setSource] = useState(FETCH);
  const isOpen = engine !== null;
  useEffect(() => {
    if (!isOpen) return;
    void connection.call('workspace/list', { folder: '' }).then((answer) => {
      if (!answer.ok) return;
      const found = answer.value.entries.map(({ path }) => path).filter((path) => path.endsWith('.whl'));
      setWheels(found);
      setSource(found[0] ?? FETCH);
    });
  }, [isOpen, connection]);
  const variant = engine === null ? undefined : variantOf(engine.id);
  if (engine?.installation === undefined || variant === undefined) return null;
  const { download, disk } = engine.installation;
  return (
    <Dialog
      open
      onClose={onClose}
      title={variant === 'cuda' ? 'Install TensorFlow with CUDA' : 'Install the native engine'}
      description={
        variant === 'cuda'
          ? 'The TensorFlow library with NVIDIA’s CUDA libraries. It needs a graphics processor of NVIDIA and its driver.'
          : 'The TensorFlow library, as one compiled step: several times as fast as the engine that comes along.'
      }
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            variant="primary"
            icon={<Download size={13} aria-hidden />}
            data-testid="install-confirm"
            onClick={() => {
              onClose();
              void installEngine(connection, variant, source === FETCH ? undefined : source);
            }}
          >
            Install
          </Button>
        </>
      }
      data-testid="install-dialog"
    >
      <div className="flex flex-col gap-3 text-sm">
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
          <dt className="text-ink-muted">To fetch</dt>
          <dd className="text-ink tabular-nums">about {gigabytes(download)}, with the host’s own pip</dd>
          <dt className="text-ink-muted">On the disk</dt>
          <dd className="text-ink tabular-nums">about {gigabytes(disk)}, once for all workspaces of this user</dd>
          <dt className="text-ink-muted">Then</dt>
          <dd className="text-ink">the file is checked, its link to Node is compiled, and a self-test is run</dd>
        </dl>
        <Select
          label="From"
          wide
          value={source}
          onChange={setSource}
          options={[
            { value: FETCH, label: 'Fetch it', detail: 'From the package index that pip is set up for.' },
            ...wheels.map((wheel) => ({ value: wheel, label: wheel, detail: 'A file in the workspace folder.' })),
          ]}
          help={
            wheels.length === 0
              ? 'Off-line: put the wheel file into the workspace folder, and choose it here.'
              : 'A wheel of another version, or one that is damaged, is refused.'
          }
          data-testid="install-source"
        />
        <p className="text-xs text-ink-muted">
          You can go on working meanwhile, and cancel at any time: what was fetched is kept for the next try.
        </p>
      </div>
    </Dialog>
  );
}
