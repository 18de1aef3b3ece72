import { useStore } from 'zustand';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { LibraryBlockDialog } from '../blocks/LibraryBlockDialog.tsx';
import { PublishDialog } from '../blocks/PublishDialog.tsx';
import { DataDialog } from '../data/DataDialog.tsx';
import { CompareDialog } from '../compare/CompareDialog.tsx';
import { FigureDialog } from '../figure/FigureDialog.tsx';
import { ConflictDialog } from './ConflictDialog.tsx';
import { ExportDialog } from '../exports/ExportDialog.tsx';
import { fileDialogStore } from './fileDialog.ts';
import { ImportedDialog } from './ImportedDialog.tsx';
import { ImportingDialog } from './ImportingDialog.tsx';
import { OpenDialog } from './OpenDialog.tsx';
import { RecoveryDialog } from './RecoveryDialog.tsx';
import { SaveAsDialog } from './SaveAsDialog.tsx';
import { TorchDialog } from './TorchDialog.tsx';
import { UnreadableDialog } from './UnreadableDialog.tsx';
import { UnsavedDialog } from './UnsavedDialog.tsx';
import { WeightsDialog } from './WeightsDialog.tsx';

/** Whichever dialog about files is open. */
export function FileDialogs() {
  const dialog = useStore(fileDialogStore, (state) => state.dialog);
  if (dialog === null) return null;
  switch (dialog.kind) {
    case 'open':
      return <OpenDialog />;
    case 'data':
      return <DataDialog key={dialog.path} path={dialog.path} />;
    case 'save-as':
      return <SaveAsDialog then={dialog.then} />;
    case 'export':
      return <ExportDialog />;
    case 'compare':
      return <CompareDialog />;
    case 'figure':
      return <FigureDialog />;
    case 'publish':
      return <PublishDialog block={dialog.block} />;
    case 'library-block':
      return <LibraryBlockDialog id={dialog.id} />;
    case 'unsaved':
      return <UnsavedDialog proceed={dialog.proceed} />;
    case 'conflict':
      return <ConflictDialog path={dialog.path} />;
    case 'recovery':
      return <RecoveryDialog entries={dialog.entries} />;
    case 'importing':
      return <ImportingDialog path={dialog.path} connection={dialog.connection} />;
    case 'imported':
      return <ImportedDialog name={dialog.name} report={dialog.report} />;
    case 'torch':
      return <TorchDialog />;
    case 'weights':
      return <WeightsDialog file={dialog.file} />;
    case 'unreadable':
      return <UnreadableDialog name={dialog.name} diagnostics={dialog.diagnostics} />;
    default:
      return assertNever(dialog);
  }
}
