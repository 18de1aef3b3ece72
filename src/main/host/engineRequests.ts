import type { Handlers, HostEvent } from '../../contract/contract.ts';
import type { engineCalls, EngineId, EngineVariant } from '../../contract/engines.ts';
import { createEngineInstaller, type EngineSource } from '../engines/engineInstaller.ts';
import { enginePackageFor } from '../engines/enginePackage.ts';
import type { EngineRegistry } from '../engines/engineRegistry.ts';
import { writeEngineWish } from '../engines/engineWish.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import type { WorkspaceFolder } from '../files/workspaceFolder.ts';

export interface EngineServices {
  readonly workspace: WorkspaceFolder;
  readonly engines: EngineRegistry;
  readonly engineSource?: EngineSource | undefined;
  readonly emit: (event: HostEvent) => void;
}

/** Throws a `HostFailure` that says why nothing can be trained, or not on that engine. */
export async function requireEngine(engines: EngineRegistry, wanted?: EngineId): Promise<void> {
  const found = await engines.engineFor(wanted);
  if (!found.ok) throw new HostFailure(found.problem);
}

/** Code comes out of a wheel: a page may name one only where its checksum is known beforehand. Throws a `HostFailure`. */
function demandPinned(variant: EngineVariant): void {
  if (enginePackageFor(variant)?.wheelSha256 !== undefined) return;
  throw new HostFailure({
    code: 'engine/wheel-not-pinned',
    message: 'Whether this wheel is the right one cannot be checked from here.',
    remedy: `Install it on the machine of the host: npx skipwire engine install ${variant} --from WHEEL.`,
  });
}

/** Answers requests about engines: which there are, which trains, installing them. */
export function createEngineHandlers({
  workspace,
  engines,
  engineSource,
  emit,
}: EngineServices): Pick<Handlers, keyof typeof engineCalls> {
  const installer = createEngineInstaller((event) => emit({ event: 'engine', payload: event }), engineSource);
  return {
    'engine/list': () => answerOf(() => engines.list()),
    'engine/probe': ({ engine }) => answerOf(() => engines.measured(engine ?? 'all')),
    'engine/choose': (wish) =>
      answerOf(async () => {
        const list = await engines.wish(wish);
        await writeEngineWish(workspace, wish);
        return list;
      }),
    'engine/install': ({ variant, wheel }) =>
      answerOf(async () => {
        const file = wheel === undefined ? undefined : await workspace.resolve(wheel);
        if (file !== undefined) demandPinned(variant);
        await installer.install(variant, file);
        return engines.measured();
      }),
    'engine/cancel': () =>
      answerOf(() => {
        installer.cancel();
        return {};
      }),
    'engine/uninstall': ({ variant }) =>
      answerOf(async () => {
        await installer.uninstall(variant);
        return engines.look();
      }),
  };
}
