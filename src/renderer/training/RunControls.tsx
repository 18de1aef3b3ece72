import { ArrowDown, ArrowUp, Cpu, GitBranchPlus, Pause, Play, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { RunSummary } from '../../contract/run.ts';
import type { CheckpointDescription } from '../../contract/runControl.ts';
import { useHost } from '../connection/host.ts';
import { hostStore } from '../connection/hostStore.ts';
import { Button } from '../ui/Button.tsx';
import { Menu, type MenuItem } from '../ui/Menu.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { formatEpochs } from './format.ts';
import { canBeResumed } from './runs.ts';
import { continueRun, moveRun, pauseRun, readCheckpoints, resumeRun } from './runActions.ts';
import { stopTraining } from './trainActions.ts';

/** What can be done with a run as it stands: pause, resume, its place in the queue, and going on from a checkpoint. */
export function RunControls({ run }: { readonly run: RunSummary }) {
  const { connection } = useHost();
  const { state, id } = run;
  return (
    <div className="flex flex-wrap items-center gap-2 empty:hidden" data-testid="run-controls">
      {(state.status === 'running' || state.status === 'compiling') && (
        <Tooltip content="Save where it stands and free the memory; it goes on later as if nothing had happened">
          <Button
            size="sm"
            data-testid="pause"
            icon={<Pause size={13} aria-hidden />}
            onClick={() => void pauseRun(connection, id)}
          >
            Pause
          </Button>
        </Tooltip>
      )}
      {canBeResumed(state) && (
        <Tooltip content="Go on from what was saved last, on the same curve">
          <Button
            size="sm"
            variant="primary"
            data-testid="resume"
            icon={<Play size={13} fill="currentColor" aria-hidden />}
            onClick={() => void resumeRun(connection, id)}
          >
            Resume
          </Button>
        </Tooltip>
      )}
      {canBeResumed(state) && <ResumeElsewhere run={run} />}
      {state.status === 'queued' && run.queuePlace !== undefined && <Queue run={run} place={run.queuePlace} />}
      {run.lastEpoch !== undefined && <Continue run={run} />}
    </div>
  );
}

/** A run goes on on the engine that it had; on another only when the user says so. */
function ResumeElsewhere({ run }: { readonly run: RunSummary }) {
  const { connection } = useHost();
  const engines = useStore(hostStore, (state) => state.description?.engines.engines);
  const others = engines?.filter(({ id, state }) => state === 'ready' && id !== run.engine?.id) ?? [];
  if (run.engine === undefined || others.length === 0) return null;
  return (
    <Menu
      trigger={
        <Button size="sm" data-testid="resume-elsewhere" icon={<Cpu size={13} aria-hidden />}>
          Resume on …
        </Button>
      }
      items={others.map(({ id, title }) => ({
        label: title,
        testId: `resume-on-${id}`,
        onSelect: () => void resumeRun(connection, run.id, id),
      }))}
    />
  );
}

function Queue({ run, place }: { readonly run: RunSummary; readonly place: number }) {
  const { connection } = useHost();
  return (
    <>
      <Button
        size="sm"
        data-testid="queue-earlier"
        disabled={place === 0}
        icon={<ArrowUp size={13} aria-hidden />}
        onClick={() => void moveRun(connection, run.id, place - 1)}
      >
        Earlier
      </Button>
      <Button
        size="sm"
        data-testid="queue-later"
        icon={<ArrowDown size={13} aria-hidden />}
        onClick={() => void moveRun(connection, run.id, place + 1)}
      >
        Later
      </Button>
      <Button
        size="sm"
        data-testid="queue-remove"
        icon={<X size={13} aria-hidden />}
        onClick={() => void stopTraining(connection, run.id)}
      >
        Remove from the queue
      </Button>
    </>
  );
}

/** A menu of the run's checkpoints, read when it is opened. */
function Continue({ run }: { readonly run: RunSummary }) {
  const { connection } = useHost();
  const [checkpoints, setCheckpoints] = useState<readonly CheckpointDescription[]>();
  const items: MenuItem[] = (checkpoints ?? []).map(({ name, epoch, step }) => ({
    label: `${nameInWords(name)} · ${formatEpochs(epoch)} · step ${step.toLocaleString('en')}`,
    testId: `continue-${name}`,
    onSelect: () => void continueRun(connection, run.id, name),
  }));
  const read = (): void => void readCheckpoints(connection, run.id).then(setCheckpoints);
  const nothing: MenuItem = {
    label: checkpoints === undefined ? 'Reading…' : 'No checkpoint can be read',
    disabled: true,
    onSelect: () => undefined,
  };
  return (
    <Menu
      trigger={
        <Button size="sm" data-testid="continue" icon={<GitBranchPlus size={13} aria-hidden />}>
          Continue as a new run
        </Button>
      }
      items={items.length === 0 ? [nothing] : items}
      onOpen={read}
    />
  );
}

/** A checkpoint's name for people. */
function nameInWords(name: string): string {
  const [, epoch] = /^epoch-0*(\d+)$/.exec(name) ?? [];
  if (epoch !== undefined) return `Epoch ${epoch}`;
  return name === 'best' ? 'Best weights' : name === 'last' ? 'Last saved' : 'Where this run began';
}
