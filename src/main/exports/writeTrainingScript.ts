import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import type { TrainingScript } from '../../graph-engine/targets/python/training/scriptOrder.ts';
import type { SourceFramework } from '../../graph-engine/targets/python/sourceFramework.ts';
import { sourceTargets } from '../../graph-engine/targets/sourceTargets.ts';
import { documentErrors } from './exportRefusals.ts';
import { scriptData } from './scriptData.ts';

/** The script that trains a network, without writing it anywhere. Throws a `HostFailure` when there can be none. */
export async function writeTrainingScript(
  {
    document,
    framework,
    module,
  }: { readonly document: SkipwireDocument; readonly framework: SourceFramework; readonly module: string },
  root: string,
): Promise<TrainingScript> {
  const inferred = inferDocument(document);
  const errors = inferred.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw documentErrors(errors);
  const { data } = await scriptData(document, inferred, root, module);
  const target = sourceTargets[framework];
  return target.training({ document, inferred, module, data }, target.write(document, inferred));
}
