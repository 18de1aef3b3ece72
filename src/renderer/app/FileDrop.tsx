import { FileDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isNamedLikeWeights } from '../../graph-engine/sources/checkpoint/isNamedLikeWeights.ts';
import { useHost } from '../connection/host.ts';
import type { ManagedConnection } from '../connection/hostConnection.ts';
import { droppedFiles, isData, receiveFiles, type DroppedFile } from '../data/receiveFiles.ts';
import { archiveNames } from '../files/archiveNames.ts';
import { showFileDialog } from '../files/fileDialog.ts';
import { takeFiles } from '../files/takeFiles.ts';
import { showToast } from '../ui/Toast.tsx';

/** Opens the files that are dropped anywhere on the window; says so while they are dragged. */
export function FileDrop() {
  const { connection } = useHost();
  const [over, setOver] = useState(false);

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    // A part of the page that takes files itself says so.
    const isTaken = ({ target }: DragEvent) =>
      target instanceof Element && target.closest('[data-takes-files]') !== null;
    function onDragOver(event: DragEvent) {
      if (!hasFiles(event)) return;
      if (isTaken(event)) return setOver(false);
      event.preventDefault();
      setOver(true);
    }
    function onDragLeave(event: DragEvent) {
      if (event.relatedTarget === null) setOver(false);
    }
    function onDrop(event: DragEvent) {
      setOver(false);
      if (!hasFiles(event) || isTaken(event)) return;
      event.preventDefault();
      const { dataTransfer } = event;
      if (dataTransfer === null) return;
      const files = [...dataTransfer.files];
      const [only] = files;
      if (only !== undefined && files.length === 1 && /\.npz$/i.test(only.name)) void takeArrays(connection, only);
      else if (isData(dataTransfer)) void takeData(connection, droppedFiles(dataTransfer));
      else void takeFiles(connection, files);
    }
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('dragleave', onDragLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('dragleave', onDragLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [connection]);

  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-2 z-50 flex items-center justify-center rounded-xl border-2 border-dashed border-accent bg-accent-soft/90">
      <span className="flex items-center gap-2 text-lg font-medium text-accent-ink">
        <FileDown size={20} aria-hidden /> Drop to open a network or add data
      </span>
    </div>
  );
}

/** Arrays of NumPy are weights where they are called so, and data otherwise. */
async function takeArrays(connection: ManagedConnection, file: File): Promise<void> {
  const names = (await archiveNames(file)).map((name) => name.replace(/\.npy$/, ''));
  if (isNamedLikeWeights(names)) showFileDialog({ kind: 'weights', file });
  else await takeData(connection, Promise.resolve([{ path: file.name, file }]));
}

/** Copies dropped data into the workspace and shows what they are. */
async function takeData(connection: ManagedConnection, dropped: Promise<readonly DroppedFile[]>): Promise<void> {
  const files = await dropped;
  if (files.length > 20) showToast({ title: `Copying ${files.length} files into the workspace…` });
  const received = await receiveFiles(connection, files, () => undefined);
  if (received.ok) showFileDialog({ kind: 'data', path: received.path });
  else {
    const { message, remedy = '' } = received.problem;
    showToast({ tone: 'danger', title: 'The data were not taken', description: `${message} ${remedy}` });
  }
}
