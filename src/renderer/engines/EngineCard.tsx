import { Download, Trash2 } from 'lucide-react';
import type { EngineStatus } from '../../contract/engines.ts';
import { useHost } from '../connection/host.ts';
import { Badge, type BadgeTone } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { deviceInWords, gigabytes, speedInWords, variantOf } from './describeEngine.ts';
import { uninstallEngine } from './engineActions.ts';

const STATES: Readonly<Record<EngineStatus['state'], { readonly label: string; readonly tone: BadgeTone }>> = {
  ready: { label: 'Works', tone: 'success' },
  probing: { label: 'Measuring', tone: 'neutral' },
  installing: { label: 'Installing', tone: 'neutral' },
  missing: { label: 'Not there', tone: 'neutral' },
  broken: { label: 'Does not work', tone: 'danger' },
};

export interface EngineCardProps {
  readonly engine: EngineStatus;
  /** A run that begins now would train on it. */
  readonly trains: boolean;
  /** Something is being installed. */
  readonly busy: boolean;
  readonly onInstall: () => void;
}

/** One engine: what it is, what it computes on, how quick it is, or what is wrong with it and what to do. */
export function EngineCard({ engine, trains, busy, onInstall }: EngineCardProps) {
  const { connection } = useHost();
  const { id, title, version, state, device, threads, detail, remedy, installation } = engine;
  const speed = speedInWords(engine);
  const { label, tone } = trains ? ({ label: 'Trains', tone: 'accent' } as const) : STATES[state];
  const variant = variantOf(id);
  const canInstall = installation !== undefined && !installation.isInstalled && state !== 'ready';
  return (
    <li
      className="flex flex-col gap-2 rounded-lg border border-line bg-raised p-3"
      data-testid={`engine-${id}`}
      data-state={state}
    >
      <div className="flex items-center gap-2">
        <h3 className="min-w-0 flex-1 truncate text-sm font-medium text-ink">
          {title}
          {version !== undefined && <span className="ml-1.5 font-normal text-ink-muted">{version}</span>}
        </h3>
        <Badge tone={tone}>{label}</Badge>
      </div>
      {device !== undefined && (
        <p className="text-xs text-ink">
          {deviceInWords(device)}
          {threads !== undefined && device.kind === 'processor' && (
            <span className="text-ink-muted"> · {threads === 1 ? 'one thread' : `${threads} threads`}</span>
          )}
          {speed !== undefined && <span className="font-medium tabular-nums"> · {speed}</span>}
        </p>
      )}
      <p className={state === 'broken' ? 'text-xs break-words text-danger' : 'text-xs break-words text-ink-muted'}>
        {detail}
      </p>
      {remedy !== undefined && !canInstall && <p className="text-xs text-ink-muted">{remedy}</p>}
      {installation !== undefined && variant !== undefined && (
        <div className="mt-auto flex flex-wrap items-center gap-2 pt-1">
          {canInstall && (
            <Button
              size="sm"
              variant={id === 'tensorflow' ? 'primary' : 'secondary'}
              icon={<Download size={12} aria-hidden />}
              disabled={busy}
              data-testid={`install-${variant}`}
              onClick={onInstall}
            >
              {id === 'tensorflow' ? 'Install native engine' : 'Install'}
            </Button>
          )}
          {canInstall && <span className="text-2xs text-ink-muted">{gigabytes(installation.download)} to fetch</span>}
          {installation.isInstalled && (
            <Button
              size="sm"
              variant="ghost"
              icon={<Trash2 size={12} aria-hidden />}
              disabled={busy}
              data-testid={`uninstall-${variant}`}
              onClick={() => void uninstallEngine(connection, variant)}
            >
              Uninstall ({gigabytes(installation.disk)})
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
