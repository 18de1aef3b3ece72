import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { WorkspacePath } from '../../contract/workspacePath.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import { decodeSafetensors, type StoredTensor } from '../../graph-engine/targets/safetensors/safetensors.ts';
import { HostFailure } from './hostFailure.ts';

/** How many of a network's weights begin as a file says. */
export interface StoredShare {
  readonly file: string;
  readonly taken: number;
  readonly wanted: number;
  /** Those that are not there, or of another size. */
  readonly missing: readonly string[];
}

/**
 * Lets the weights of a network begin as the file says that the document names; those that the file lacks begin as they are
 * drawn. Engine processes and commands work in the workspace; a host says where it is. Throws a `HostFailure` when the file is missing or damaged, or lies outside the workspace.
 */
export async function withStoredWeights<Lowered extends Pick<LoweredDocument, 'program'>>(
  document: SkipwireDocument,
  lowered: Lowered,
  workspace = process.cwd(),
): Promise<{ readonly lowered: Lowered; readonly share: StoredShare | undefined }> {
  const { weights: file } = document;
  if (file === undefined) return { lowered, share: undefined };
  const stored = await readStoredWeights(file, workspace);
  const missing: string[] = [];
  let wanted = 0;
  const variables = lowered.program.variables.map((variable) => {
    if (variable.role === 'slot') return variable;
    wanted++;
    const tensor = stored[variable.name];
    if (!(tensor?.data instanceof Float32Array) || tensor.dims.join() !== variable.dims.join()) {
      missing.push(variable.name);
      return variable;
    }
    return { ...variable, initializer: { kind: 'stored' as const, values: tensor.data } };
  });
  const program: Program = withVariables(lowered.program, variables);
  return { lowered: { ...lowered, program }, share: { file, taken: wanted - missing.length, wanted, missing } };
}

/** The document as of a run that has weights of its own by now. */
export function withoutStoredWeights({ weights: _, ...document }: SkipwireDocument): SkipwireDocument {
  return document;
}

function withVariables(program: Program, variables: Program['variables']): Program {
  return { ...program, variables };
}

/** Where a weights file of the workspace lies. Throws a `HostFailure` when it is missing or lies outside. */
export function storedWeightsFile(file: string, workspace = process.cwd()): string {
  const absolute = path.resolve(workspace, file);
  if (!WorkspacePath.safeParse(file).success || leadsOut(absolute, workspace)) {
    throw new HostFailure({
      code: 'weights/outside',
      message: `The network begins with the weights in "${file}", which is not in the workspace.`,
      expected: 'a file in the workspace',
      remedy: 'Bring the file into the workspace, or import the network again there.',
    });
  }
  if (!existsSync(absolute)) {
    throw new HostFailure({
      code: 'weights/missing',
      message: `The network begins with the weights in "${file}", which is not there.`,
      remedy: 'Put the file back, or take "weights" out of the document to begin anew.',
    });
  }
  return absolute;
}

/** The tensors of a weights file of the workspace. */
async function readStoredWeights(file: string, workspace: string): Promise<Readonly<Record<string, StoredTensor>>> {
  const decoded = decodeSafetensors(await readFile(storedWeightsFile(file, workspace)));
  if (decoded.ok) return decoded.value.tensors;
  throw new HostFailure({
    code: 'weights/damaged',
    message: `"${file}": ${decoded.error.message}`,
    remedy: 'Import the network again.',
  });
}

/** Whether a file lies outside, at the end of a link: a document may come from anybody. */
function leadsOut(absolute: string, workspace: string): boolean {
  return existsSync(absolute) && !realpathSync(absolute).startsWith(realpathSync(workspace) + path.sep);
}

/** What was taken of a weights file, in words. */
export function describeShare({ file, taken, wanted, missing }: StoredShare): string {
  const all = `${taken} of ${wanted} weights begin as "${file}" says.`;
  if (missing.length === 0) return all;
  const named = missing.slice(0, 3).map((name) => `"${name}"`);
  return `${all} Not in it, or of another size: ${named.join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}.`;
}
