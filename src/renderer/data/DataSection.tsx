import { Eye, Plus } from 'lucide-react';
import { useStore } from 'zustand';
import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { dataPathOf } from '../../graph-engine/training/dataReader.ts';
import type { NetworkEnds } from '../../graph-engine/training/matchData.ts';
import { hostStore } from '../connection/hostStore.ts';
import { showFileDialog } from '../files/fileDialog.ts';
import { DataSetSelect } from '../training/DataSetSelect.tsx';
import { Button } from '../ui/Button.tsx';
import { describeAugmentation } from './AugmentationForm.tsx';
import { useInspected } from './dataStore.ts';

export interface DataSectionProps {
  readonly settings: TrainingSettings;
  readonly network: NetworkEnds;
  readonly onChange: (changes: Partial<TrainingSettings>) => void;
}

/** What to learn from: a set that comes along, or the user's own files. */
export function DataSection({ settings, network, onChange }: DataSectionProps) {
  const dataSets = useStore(hostStore, (state) => state.dataSets);
  const inspected = useInspected(settings);
  const path = dataPathOf(settings.data);
  const own = inspected?.state === 'known' ? [inspected.inspection.description] : [];
  const kinds = own.flatMap(({ inputs }) => inputs.map(({ kind }) => kind));
  const hasImages = kinds.includes('image');
  const hasNumbers = hasImages || kinds.includes('features');
  const change = (data: string): void => {
    // How files are read and varied belongs to these files.
    if (data !== settings.data) {
      onChange({ data, reader: undefined, augmentation: undefined, normalization: undefined });
    }
  };
  return (
    <div className="flex flex-col gap-2">
      <DataSetSelect
        value={settings.data}
        dataSets={[...own, ...dataSets]}
        network={network}
        disabled={false}
        reading={inspected?.state === 'reading'}
        onChange={change}
      />
      {inspected?.state === 'failed' && (
        <p className="text-xs text-danger" role="alert" data-testid="data-failed">
          {inspected.problem.message} {inspected.problem.remedy}
        </p>
      )}
      {hasNumbers && (
        <p className="text-xs text-ink-muted" data-testid="data-treatment">
          {hasImages && `Images ${describeAugmentation(settings.augmentation)}. `}
          {settings.normalization === 'standardize' ? 'Numbers are normalized.' : 'Numbers are as they are read.'}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          icon={<Plus size={12} aria-hidden />}
          onClick={() => showFileDialog({ kind: 'data' })}
          data-testid="add-data"
        >
          Add data…
        </Button>
        {path !== undefined && (
          <Button
            size="sm"
            icon={<Eye size={12} aria-hidden />}
            onClick={() => showFileDialog({ kind: 'data', path })}
            data-testid="look-at-data"
          >
            Look at them…
          </Button>
        )}
      </div>
    </div>
  );
}
