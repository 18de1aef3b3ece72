import { ArrowRight, BookUp, CopyPlus, PackageOpen } from 'lucide-react';
import type { BlockId, NodeId } from '../../graph-engine/document/schema.ts';
import { showFileDialog } from '../files/fileDialog.ts';
import { enterBlock } from '../store/uiStore.ts';
import { Button } from '../ui/Button.tsx';
import { separate, unpack, usesBeside } from './blockActions.ts';

/** What can be done with a block that a node uses. */
export function BlockActions({ id, block }: { readonly id: NodeId; readonly block: BlockId }) {
  const uses = usesBeside(id);
  return (
    <div className="px-4 pb-3">
      <div className="flex flex-wrap gap-1.5">
        <Button
          size="sm"
          icon={<ArrowRight size={13} aria-hidden />}
          onClick={() => enterBlock(id)}
          data-testid="enter-block"
        >
          Look inside
        </Button>
        {uses > 1 && (
          <Button
            size="sm"
            icon={<CopyPlus size={13} aria-hidden />}
            onClick={() => separate(id)}
            data-testid="make-unique"
          >
            Make unique
          </Button>
        )}
        <Button
          size="sm"
          icon={<PackageOpen size={13} aria-hidden />}
          onClick={() => unpack(id)}
          data-testid="unpack-block"
        >
          Unpack
        </Button>
        <Button
          size="sm"
          icon={<BookUp size={13} aria-hidden />}
          onClick={() => showFileDialog({ kind: 'publish', block })}
          data-testid="publish-block"
        >
          Publish…
        </Button>
      </div>
      {uses > 1 && (
        <p className="mt-1.5 text-2xs text-ink-muted">
          {uses} nodes use this block; what is changed inside changes in all of them.
        </p>
      )}
    </div>
  );
}
