import type { EngineEvent, EngineId, EngineInstallation, EngineVariant } from '../../contract/engines.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { installedEngineFolder, readEngineManifest } from './engineFolder.ts';
import { enginePackageFor } from './enginePackage.ts';
import { phaseWords, type EnginePhase, type OnEngineProgress } from './engineProgress.ts';
import { installEngine, uninstallEngine, type InstallOptions } from './installEngine.ts';
import { userCacheFolder } from './userCacheFolder.ts';

/** Installs engines for whoever shows how it goes; one at a time. */
export interface EngineInstaller {
  /** Throws a `HostFailure` that says what to do, also when it was cancelled. */
  install(variant: EngineVariant, wheel?: string): Promise<void>;
  cancel(): void;
  uninstall(variant: EngineVariant): Promise<void>;
}

const ORDER: readonly EnginePhase[] = ['downloading', 'checking', 'unpacking', 'compiling', 'testing'];

/** Milliseconds between two reports of one phase. */
const REPORT_EVERY = 100;

/** Every phase is told at once, and how far it is ten times a second. */
function paced(tell: OnEngineProgress): OnEngineProgress {
  let last: EnginePhase | undefined;
  let told = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.phase === last && now - told < REPORT_EVERY) return;
    last = progress.phase;
    told = now;
    tell(progress);
  };
}

/** From where engines are installed, where that is not what is pinned in this version. */
export type EngineSource = Pick<InstallOptions, 'wanted' | 'index' | 'shipped'>;

/** Tells `onEvent` how an installation goes. */
export function createEngineInstaller(
  onEvent: (event: EngineEvent) => void,
  source: EngineSource = {},
): EngineInstaller {
  let cancelling: AbortController | undefined;
  return {
    async install(variant, wheel) {
      if (cancelling !== undefined) {
        throw new HostFailure({ code: 'engine/installing', message: 'An engine is being installed already.' });
      }
      cancelling = new AbortController();
      const { signal } = cancelling;
      try {
        await installEngine({
          ...source,
          variant,
          signal,
          ...(wheel !== undefined && { wheel }),
          onProgress: paced(({ phase, done, total }) =>
            onEvent({
              kind: 'installing',
              variant,
              phase: phaseWords[phase],
              place: { phase: ORDER.indexOf(phase) + 1, of: ORDER.length },
              ...(done !== undefined && { done }),
              ...(total !== undefined && { total }),
            }),
          ),
        });
      } finally {
        cancelling = undefined;
        onEvent({ kind: 'installed', variant });
      }
    },
    cancel: () => cancelling?.abort(),
    uninstall: async (variant) => void (await uninstallEngine(variant)),
  };
}

const VARIANTS: Readonly<Partial<Record<EngineId, EngineVariant>>> = { tensorflow: 'cpu', cuda: 'cuda' };

/** What could be installed for an engine on this machine, or is. */
export async function describeInstallation(id: EngineId): Promise<{ installation?: EngineInstallation }> {
  const variant = VARIANTS[id];
  const wanted = variant === undefined ? undefined : enginePackageFor(variant);
  if (wanted === undefined) return {};
  const manifest = await readEngineManifest(installedEngineFolder(userCacheFolder(), wanted));
  const { wheelBytes, unpackedBytes, more } = wanted;
  return {
    installation: {
      isInstalled: manifest !== undefined,
      download: wheelBytes + (more?.wheelBytes ?? 0),
      disk: unpackedBytes + (more?.unpackedBytes ?? 0),
    },
  };
}
