import { createHash } from 'node:crypto';
import addon from './kernels/addon.cc?raw';
import kernel from './kernels/kernel.h?raw';
import lentThreads from './kernels/lentThreads.cc?raw';
import lentThreadsHeader from './kernels/lentThreads.h?raw';
import normalization from './kernels/normalization.cc?raw';
import normalizationLoops from './kernels/normalizationLoops.h?raw';
import normalizationTable from './kernels/normalizationTable.cc?raw';
import normalizationTableHeader from './kernels/normalizationTable.h?raw';
import team from './kernels/team.h?raw';

/** The one source that needs TensorFlow's C++ headers. */
export const LENT_THREADS = 'lentThreads.cc';

/** The C++ of our own kernels, by file name. */
export const kernelSources: Readonly<Record<string, string>> = {
  'addon.cc': addon,
  'kernel.h': kernel,
  [LENT_THREADS]: lentThreads,
  'lentThreads.h': lentThreadsHeader,
  'normalization.cc': normalization,
  'normalizationLoops.h': normalizationLoops,
  'normalizationTable.cc': normalizationTable,
  'normalizationTable.h': normalizationTableHeader,
  'team.h': team,
};

/** Changes with the sources, so that kernels which were compiled from others are compiled again. */
export const kernelRecipe = createHash('sha256').update(JSON.stringify(kernelSources)).digest('hex').slice(0, 16);
