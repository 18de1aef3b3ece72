import { useMemo, useState } from 'react';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { pngWithDocument } from '../../graph-engine/sharing/pngDocument.ts';
import { downloadBlob } from '../files/fileActions.ts';
import { closeFileDialog } from '../files/fileDialog.ts';
import { fileNameFor } from '../files/fileNames.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { useUi } from '../store/uiStore.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';
import { showToast } from '../ui/Toast.tsx';
import { drawFigure, isEmptyFigure } from './drawFigure.ts';
import type { Figure } from './figure.ts';
import { pdfOf } from './pdfOf.ts';
import { pngOf } from './pngOf.ts';
import { svgOf } from './svgOf.ts';
import { tikzOf } from './tikzOf.ts';

const FORMATS = [
  { value: 'svg', label: 'SVG', detail: 'vectors, for editing' },
  { value: 'pdf', label: 'PDF', detail: 'vectors, for a paper' },
  { value: 'tikz', label: 'TikZ', detail: 'source, for LaTeX' },
  { value: 'png', label: 'PNG', detail: 'pixels, for a slide' },
] as const;
type Format = (typeof FORMATS)[number]['value'];

/** `carried`: the document that a picture carries, so that it can be opened again. */
async function blobOf(figure: Figure, format: Format, carried: SkipwireDocument | null): Promise<Blob> {
  switch (format) {
    case 'svg':
      return new Blob([svgOf(figure)], { type: 'image/svg+xml' });
    case 'pdf':
      return new Blob([pdfOf(figure)], { type: 'application/pdf' });
    case 'tikz':
      return new Blob([tikzOf(figure)], { type: 'application/x-tex' });
    case 'png':
      return withDocument(await pngOf(figure), carried);
  }
}

async function withDocument(picture: Blob, carried: SkipwireDocument | null): Promise<Blob> {
  if (carried === null) return picture;
  return new Blob([pngWithDocument(new Uint8Array(await picture.arrayBuffer()), carried)], { type: picture.type });
}

/** Takes the shown graph, or what is selected of it, away as a figure. */
export function FigureDialog() {
  const { graph, inferred, definition } = useShownScope();
  const document = useDocument((state) => state.document);
  const selection = useUi((state) => state.selection);
  const [what, setWhat] = useState<'everything' | 'selection'>(selection.size > 1 ? 'selection' : 'everything');
  const [format, setFormat] = useState<Format>('svg');
  const [shapes, setShapes] = useState(true);
  const [carries, setCarries] = useState(true);
  const figure = useMemo(
    () =>
      drawFigure({
        graph,
        inferred,
        blocks: document.blocks,
        shapes,
        ...(what === 'selection' && { only: selection }),
      }),
    [graph, inferred, document.blocks, shapes, what, selection],
  );
  const preview = useMemo(() => `data:image/svg+xml;utf8,${encodeURIComponent(svgOf(figure))}`, [figure]);

  async function save() {
    const extension = format === 'tikz' ? '.tex' : `.${format}`;
    const name = fileNameFor(definition?.name ?? document.name, '.json').replace(/\.json$/, extension);
    try {
      downloadBlob(await blobOf(figure, format, carries ? document : null), name);
      closeFileDialog();
    } catch (error) {
      const description = error instanceof Error ? error.message : String(error);
      showToast({ tone: 'danger', title: 'The figure was not made', description });
    }
  }

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title="Export a figure"
      width="lg"
      data-testid="figure-dialog"
      footer={
        <>
          <Button onClick={closeFileDialog}>Cancel</Button>
          <Button
            variant="primary"
            disabled={isEmptyFigure(figure)}
            onClick={() => void save()}
            data-testid="dialog-confirm"
          >
            Download
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <img
          src={preview}
          alt="The figure"
          data-testid="figure-preview"
          className="h-72 w-full rounded-lg border border-line bg-white object-contain p-3"
        />
        <Select label="Format" value={format} options={FORMATS} onChange={setFormat} data-testid="figure-format" />
        <Select
          label="What"
          value={what}
          options={[
            { value: 'everything', label: definition === undefined ? 'The whole network' : 'The whole block' },
            { value: 'selection', label: `The selection (${selection.size})` },
          ]}
          onChange={setWhat}
          data-testid="figure-what"
        />
        <Switch label="Shapes on the wires" checked={shapes} onChange={setShapes} data-testid="figure-shapes" />
        {format === 'png' && (
          <Switch
            label="Carries the whole network, to be opened from the picture"
            checked={carries}
            onChange={setCarries}
            data-testid="figure-carries"
          />
        )}
      </div>
    </Dialog>
  );
}
