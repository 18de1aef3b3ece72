import { Crosshair, Scissors, TrendingDown } from 'lucide-react';
import { useMemo } from 'react';
import type { Divergence } from '../../contract/divergence.ts';
import type { RunId } from '../../contract/run.ts';
import { useHost } from '../connection/host.ts';
import { goToPlace } from '../problems/goToPlace.ts';
import { placeOfPath } from '../../graph-engine/lower/instancePath.ts';
import { useDocument } from '../store/documentStore.ts';
import { Button } from '../ui/Button.tsx';
import { continueWith } from './continueWith.ts';
import { formatLearningRate } from './format.ts';

export interface DivergenceRepairProps {
  readonly run: RunId;
  readonly divergence: Divergence;
}

/** A tenth, as one would write it. */
const gentler = (rate: number): number => Number((rate / 10).toPrecision(3));

/** What to do about a loss that became no number: look at where it began, or change a setting and go on from the last good checkpoint. */
export function DivergenceRepair({ run, divergence: { broken } }: DivergenceRepairProps) {
  const { connection } = useHost();
  const rate = useDocument((state) => state.document.training.learningRate);
  const document = useDocument((state) => state.document);
  const place = useMemo(
    () => (broken === undefined || broken.path === '' ? undefined : placeOfPath(document, broken.path)),
    [document, broken],
  );
  const lower = gentler(rate);
  return (
    <div className="flex flex-wrap gap-2" role="group" aria-label="Ways on" data-testid="divergence">
      {broken !== undefined && place !== undefined && (
        <Button
          size="sm"
          icon={<Crosshair size={12} aria-hidden />}
          data-testid="divergence-place"
          onClick={() => goToPlace({ path: place.steps.map(({ node }) => node), node: place.node })}
        >
          Show “{broken.path}”
        </Button>
      )}
      <Button
        size="sm"
        variant="primary"
        icon={<TrendingDown size={12} aria-hidden />}
        data-testid="divergence-rate"
        onClick={() => void continueWith(connection, run, { learningRate: lower })}
      >
        Go on at rate {formatLearningRate(lower)}
      </Button>
      <Button
        size="sm"
        icon={<Scissors size={12} aria-hidden />}
        data-testid="divergence-clip"
        onClick={() => void continueWith(connection, run, { clipping: { kind: 'norm', maximum: 1 } })}
      >
        Clip gradients and go on
      </Button>
    </div>
  );
}
