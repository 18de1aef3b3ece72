import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { withFileLock } from '../../../scripts/fileLock.mjs';
import type { Answer } from '../../contract/contract.ts';
import type { EngineId, EngineList, EngineStatus, EngineWish } from '../../contract/engines.ts';
import { chooseEngine } from './chooseEngine.ts';
import type { EngineKind, EngineLocation } from './engineKind.ts';
import { engineKinds } from './engineKinds.ts';
import { engineVariables } from './engineVariable.ts';
import { openProbeCache } from './probeCache.ts';
import { probeEngine, type ProbeReply } from './probeEngine.ts';
import { userCacheFolder } from './userCacheFolder.ts';

/** An engine that a process can be started for. */
export interface StartableEngine {
  readonly id: EngineId;
  readonly title: string;
  /** For the environment of its process. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The engines of this machine, and which of them trains. */
export interface EngineRegistry {
  /** All engines as they are known now; looks for them the first time. */
  list(): Promise<EngineList>;
  /** Looks anew, after something was installed or removed. Measures nothing. */
  look(): Promise<EngineList>;
  /** Looks, and resolves when everything is measured; with `again`, measures that engine (or all) once more. */
  measured(again?: EngineId | 'all'): Promise<EngineList>;
  /** Changes what later runs train on. */
  wish(wish: EngineWish): Promise<EngineList>;
  /** What trains by default now; `undefined` until somebody has looked, or where no engine works. */
  current(): StartableEngine | undefined;
  /** What is needed to start an engine, by default the current one. The problem says in plain words why it cannot be used. */
  engineFor(wanted?: EngineId): Promise<Answer<StartableEngine>>;
  /** Returns the function that stops listening. */
  onChange(listener: (list: EngineList) => void): () => void;
  /** Measures nothing more. */
  dispose(): void;
}

export interface RegistryOptions {
  readonly kinds?: readonly EngineKind[];
  /** Where measurements are kept. */
  readonly cacheFile?: string;
  readonly wish?: EngineWish;
  readonly probe?: (kind: EngineKind, location: EngineLocation) => Promise<ProbeReply>;
  /** More about an engine than its probe tells, such as what could be installed. */
  readonly describe?: (id: EngineId) => Promise<Partial<EngineStatus>>;
}

interface Known {
  readonly kind: EngineKind;
  readonly located: Answer<EngineLocation>;
  readonly reply?: ProbeReply | undefined;
  readonly more: Partial<EngineStatus>;
}

/** Knows nothing before it is asked. */
export function createEngineRegistry(options: RegistryOptions = {}): EngineRegistry {
  const {
    kinds = engineKinds,
    cacheFile = path.join(userCacheFolder(), 'engines', 'probes.json'),
    probe = probeEngine,
    describe = async () => ({}),
  } = options;
  const cache = openProbeCache(cacheFile);
  const listeners = new Set<(list: EngineList) => void>();
  let wish: EngineWish = options.wish ?? { engine: 'automatic' };
  let known: readonly Known[] | undefined;
  let looking: Promise<void> | undefined;
  let measuring: Promise<void> | undefined;
  let disposed = false;

  const now = (): EngineList => {
    const engines = (known ?? []).map(statusOf);
    return { engines, choice: chooseEngine(wish, engines) };
  };
  const tell = (): void => {
    for (const listener of listeners) listener(now());
  };

  async function lookAt(kind: EngineKind): Promise<Known> {
    const [located, more] = await Promise.all([kind.locate(), describe(kind.id)]);
    const reply = located.ok ? await cache.read(kind.id, located.value) : undefined;
    return { kind, located, reply, more };
  }

  function look(): Promise<void> {
    looking ??= Promise.all(kinds.map(lookAt))
      .then((found) => {
        // Who asked for the first look is answered; nobody knew anything that would have changed.
        const first = known === undefined;
        known = found;
        if (!first) tell();
      })
      .finally(() => (looking = undefined));
    return looking;
  }

  const learn = (id: EngineId, reply: ProbeReply | undefined): void => {
    known = known?.map((one) => (one.kind.id === id ? { ...one, reply } : one));
    tell();
  };

  /** One after the other: side by side they would slow each other down. */
  async function measureWaiting(): Promise<void> {
    await mkdir(path.dirname(cacheFile), { recursive: true });
    for (;;) {
      const waiting = known?.find(({ located, reply }) => located.ok && reply === undefined);
      if (waiting === undefined || disposed) return;
      const { kind, located } = waiting;
      if (!located.ok) return;
      // Several hosts that start at once measure once.
      const reply = await withFileLock(`${cacheFile}.lock`, async () => {
        const found = await cache.read(kind.id, located.value);
        if (found !== undefined) return found;
        const fresh = await probe(kind, located.value);
        await cache.write(kind.id, located.value, fresh);
        return fresh;
      });
      learn(kind.id, reply);
    }
  }

  function measure(): Promise<void> {
    measuring ??= measureWaiting().finally(() => (measuring = undefined));
    return measuring;
  }

  async function lookAgain(): Promise<EngineList> {
    await look();
    return now();
  }

  const startable = ({ kind, located }: Known): StartableEngine => ({
    id: kind.id,
    title: kind.title,
    variables: engineVariables(kind.id, {
      ...(located.ok ? located.value.environment : {}),
      ...(wish.engine === kind.id && wish.device !== undefined ? kind.chooseDevice?.(wish.device) : {}),
    }),
  });

  return {
    list: async () => (known === undefined ? lookAgain() : now()),
    look: lookAgain,
    async measured(again) {
      await measuring;
      await look();
      if (again !== undefined) {
        for (const { kind, located } of known ?? []) {
          if (located.ok && (again === 'all' || again === kind.id)) {
            await cache.forget(kind.id);
            learn(kind.id, undefined);
          }
        }
      }
      await measure();
      return now();
    },
    async wish(next) {
      wish = next;
      if (known === undefined) return lookAgain();
      tell();
      return now();
    },
    current() {
      const { engine } = now().choice;
      const found = known?.find(({ kind }) => kind.id === engine);
      return found === undefined ? undefined : startable(found);
    },
    async engineFor(wanted) {
      if (known === undefined) await look();
      const { engines, choice } = now();
      const id = wanted ?? choice.engine;
      const found = known?.find(({ kind }) => kind.id === id);
      const status = engines.find((one) => one.id === id);
      if (found === undefined || status === undefined) {
        const message = wanted === undefined ? choice.reason : `This Skipwire has no engine "${wanted}".`;
        return { ok: false, problem: { code: 'engine/none', message, remedy: REMEDY } };
      }
      if (!found.located.ok) return found.located;
      if (found.reply?.state === 'failed') return { ok: false, problem: found.reply.problem };
      return { ok: true, value: startable(found) };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      disposed = true;
      listeners.clear();
    },
  };
}

const REMEDY = 'npx skipwire engine list says what there is, and npx skipwire engine install fetches the native one.';

function statusOf({ kind, located, reply, more }: Known): EngineStatus {
  const { id, title, summary } = kind;
  if (!located.ok) {
    const { message, remedy, code } = located.problem;
    const state = code === 'engine/not-installed' || code.startsWith('engine/no-') ? 'missing' : 'broken';
    const { installation, ...rest } = more;
    // What would not run here is not offered, but what is there can be removed.
    const useful = code === 'engine/not-installed' || installation?.isInstalled === true;
    return {
      ...{ id, title, state, detail: message, ...rest },
      ...(remedy !== undefined && { remedy }),
      ...(useful && installation !== undefined && { installation }),
    };
  }
  const { version, devices } = located.value;
  const common = { id, title, version, ...(devices !== undefined && { devices: [...devices] }), ...more };
  if (reply === undefined) return { ...common, state: 'probing', detail: summary };
  if (reply.state === 'passed') {
    const { device, threads, gflops } = reply.measurement;
    const detail =
      device.kind === 'software'
        ? `${device.name} only plays a graphics processor on the processor: it is right, and slow. It trains when you choose it.`
        : summary;
    return { ...common, state: 'ready', device, threads, gflops, detail };
  }
  const { message, received, remedy, code } = reply.problem;
  return {
    ...common,
    state: code.startsWith('engine/no-') ? 'missing' : 'broken',
    detail: received === undefined ? message : `${message} ${received}`,
    ...(remedy !== undefined && { remedy }),
  };
}
