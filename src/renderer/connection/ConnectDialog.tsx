import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { serializeDocument } from '../../graph-engine/document/serializeDocument.ts';
import { currentDocument } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';
import { carryDocument, chooseHost, forgetHost, rememberedHosts, rememberHost, type RemoteHost } from './chosenHost.ts';
import { useHost } from './host.ts';
import { isLoopback, parseHostAddress } from './hostAddress.ts';
import { describeTrial, tryHost } from './tryHost.ts';

const onDesktop = window.skipwire !== undefined;

/** Connects this editor with a host on another machine, or again with its own under a new key. */
export function ConnectDialog({ onClose }: { readonly onClose: () => void }) {
  const host = useHost();
  const [remembered, setRemembered] = useState(rememberedHosts);
  const [address, setAddress] = useState(host.remote ?? (onDesktop ? '' : location.origin));
  const [key, setKey] = useState('');
  const [remember, setRemember] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const parsed = parseHostAddress(address);
  const isElsewhere = !onDesktop && parsed.ok && parsed.value.address !== location.origin;

  function changeAddress(text: string) {
    setProblem(null);
    const given = parseHostAddress(text);
    if (given.ok && given.value.key !== undefined) {
      // The whole link was pasted: its key has a field of its own, where nobody reads it over a shoulder.
      setAddress(given.value.address);
      setKey(given.value.key);
    } else setAddress(text);
  }

  async function connect() {
    if (!parsed.ok) return setProblem(`That is no address. Give ${parsed.problem.toLowerCase()}`);
    const chosen: RemoteHost = { address: parsed.value.address, key: key.trim() };
    if (onDesktop && !isLoopback(chosen.address)) return setProblem(tunnelAdvice(chosen.address));
    if (remember) rememberHost(chosen);
    if (isElsewhere) return openThere(chosen);
    setBusy(true);
    const trial = await tryHost(chosen.address, chosen.key);
    setBusy(false);
    if (!trial.ok) return setProblem(describeTrial(chosen.address, trial));
    if (!onDesktop || chosen.address === host.remote) {
      host.greetWith?.(chosen.key);
      return onClose();
    }
    moveTo(chosen);
  }

  return (
    <Dialog
      open
      onClose={onClose}
      data-testid="connect-dialog"
      title="Connect to a host"
      description="Documents, runs and data are then those of the machine on which “skipwire serve” runs, and its processors train."
      footer={
        <>
          {onDesktop && host.remote !== undefined && (
            <Button className="mr-auto" onClick={() => moveTo(null)} data-testid="connect-own">
              Back to this computer
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="connect"
            disabled={busy || key.trim() === ''}
            data-testid="dialog-confirm"
          >
            {busy ? 'Connecting…' : isElsewhere ? 'Open its editor' : 'Connect'}
          </Button>
        </>
      }
    >
      <form
        id="connect"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && key.trim() !== '') void connect();
        }}
      >
        <TextField
          label="Address"
          wide
          autoFocus
          value={address}
          onChange={changeAddress}
          placeholder="http://localhost:4747"
          help="Paste what “skipwire serve” printed; the key is taken out of it."
          data-testid="connect-address"
        />
        <TextField
          label="Key"
          wide
          secret
          value={key}
          onChange={(text) => {
            setProblem(null);
            setKey(text);
          }}
          data-testid="connect-key"
        />
        <Switch
          label="Remember on this computer"
          checked={remember}
          onChange={setRemember}
          data-testid="connect-remember"
        />
        {isElsewhere && (
          <p className="text-xs text-ink-muted">
            That host brings an editor of its own, which opens in this tab. What is open here is kept, and is here when
            you come back.
          </p>
        )}
        {problem !== null && (
          <p
            role="alert"
            data-testid="connect-problem"
            className="rounded-md bg-danger-soft px-3 py-2 text-xs text-danger"
          >
            {problem}
          </p>
        )}
        <RememberedHosts
          hosts={remembered}
          onChoose={(chosen) => {
            setProblem(null);
            setAddress(chosen.address);
            setKey(chosen.key);
          }}
          onForget={(forgotten) => setRemembered(forgetHost(forgotten.address))}
        />
      </form>
    </Dialog>
  );
}

interface RememberedHostsProps {
  readonly hosts: readonly RemoteHost[];
  readonly onChoose: (host: RemoteHost) => void;
  readonly onForget: (host: RemoteHost) => void;
}

function RememberedHosts({ hosts, onChoose, onForget }: RememberedHostsProps) {
  if (hosts.length === 0) return null;
  return (
    <section aria-label="Remembered hosts" className="flex flex-col gap-1">
      <h3 className="text-xs font-medium text-ink-muted">Remembered</h3>
      <ul className="flex flex-col rounded-md border border-line">
        {hosts.map((host) => (
          <li key={host.address} className="flex items-center border-b border-line last:border-b-0">
            <button
              type="button"
              className="min-w-0 flex-1 truncate rounded-sm px-3 py-1.5 text-left text-sm hover:bg-hover"
              onClick={() => onChoose(host)}
              data-testid="remembered-host"
            >
              {host.address}
            </button>
            <IconButton
              label={`Forget ${host.address}`}
              icon={<Trash2 size={14} aria-hidden />}
              onClick={() => onForget(host)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function openThere({ address, key }: RemoteHost): void {
  location.assign(`${address}/#token=${encodeURIComponent(key)}`);
}

/** Loads the window anew at another host. The shown document comes along; the others are here again after the way back. */
function moveTo(host: RemoteHost | null): void {
  if (!chooseHost(host)) return;
  carryDocument(serializeDocument(currentDocument()));
  location.reload();
}

function tunnelAdvice(address: string): string {
  const { hostname, port } = new URL(address);
  const number = port === '' ? '4747' : port;
  return `The way to another machine is a tunnel, so that nobody between can read it. Run “ssh -N -L ${number}:127.0.0.1:${number} ${hostname}” and connect to http://localhost:${number}.`;
}
