import residualBasic from '../../../templates/blocks/residual-basic.json' with { type: 'json' };
import firstResidual from '../../../templates/networks/first-residual.json' with { type: 'json' };
import resNet20 from '../../../templates/networks/resnet-20.json' with { type: 'json' };
import { loadBlock, loadDocument, type LoadResult } from '../document/loadDocument.ts';
import type { BlockDocument, SkipwireDocument } from '../document/schema.ts';

function loaded<T>(result: LoadResult<T>): T {
  if (!result.ok) throw new Error(`A template does not load: ${result.error.map(({ message }) => message).join(' ')}`);
  return result.value;
}

/** The shipped small residual network for digits, freshly loaded. */
export function residualDigits(): SkipwireDocument {
  return loaded(loadDocument(JSON.stringify(firstResidual)));
}

/** The shipped ResNet-20, freshly loaded. */
export function residualNetwork20(): SkipwireDocument {
  return loaded(loadDocument(JSON.stringify(resNet20)));
}

/** The shipped basic residual block, freshly loaded. */
export function residualBlock(): BlockDocument {
  return loaded(loadBlock(JSON.stringify(residualBasic)));
}
