import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineWish } from '../../contract/engines.ts';
import { privateFolder, makePrivateFolder, type WorkspaceFolder } from '../files/workspaceFolder.ts';
import { writeAtomically } from '../files/writeAtomically.ts';
import { engineKindNamed } from './engineKinds.ts';

const FILE = 'engine.json';
const AUTOMATIC: EngineWish = { engine: 'automatic' };

/** Reads `wasm`, `cuda:1` or `automatic`. Throws a `HostFailure` for another name. */
export function parseEngineWish(text: string): EngineWish {
  const [name = '', device] = text.split(':');
  if (name === 'automatic') return AUTOMATIC;
  const { id, chooseDevice } = engineKindNamed(name);
  const wish = EngineWish.safeParse({ engine: id, ...(device !== undefined && { device }) });
  if (!wish.success || (device !== undefined && chooseDevice === undefined)) engineKindNamed(text);
  return wish.success ? wish.data : AUTOMATIC;
}

/** What the user has chosen for runs of a workspace; else what `SKIPWIRE_ENGINE` names, and else nothing. */
export async function readEngineWish(
  workspace: WorkspaceFolder,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<EngineWish> {
  try {
    return EngineWish.parse(JSON.parse(await readFile(path.join(privateFolder(workspace), FILE), 'utf8')));
  } catch {
    return wishOfEnvironment(environment);
  }
}

/** What `SKIPWIRE_ENGINE` names, and else nothing. Throws a `HostFailure` for a name that no engine has. */
export function wishOfEnvironment(environment: NodeJS.ProcessEnv = process.env): EngineWish {
  const named = environment['SKIPWIRE_ENGINE'];
  return named === undefined || named === '' ? AUTOMATIC : parseEngineWish(named);
}

/** Keeps what the user has chosen. */
export async function writeEngineWish(workspace: WorkspaceFolder, wish: EngineWish): Promise<void> {
  const folder = await makePrivateFolder(workspace);
  await writeAtomically(path.join(folder, FILE), `${JSON.stringify(wish)}\n`);
}
