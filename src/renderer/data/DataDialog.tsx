import { useEffect, useState, type ReactNode } from 'react';
import type { HostProblem } from '../../contract/contract.ts';
import type { DataCheck, DataInspection, DataProgress } from '../../contract/data.ts';
import { isImage, sizeOf } from '../../graph-engine/core/shape.ts';
import { setTraining } from '../../graph-engine/document/commands/editDocument.ts';
import type { Augmentation } from '../../graph-engine/training/augmentation.ts';
import { dataPathOf, dataSettingOf, type DataReader } from '../../graph-engine/training/dataReader.ts';
import { networkEnds } from '../../graph-engine/training/networkEnds.ts';
import { useHost } from '../connection/host.ts';
import { closeFileDialog } from '../files/fileDialog.ts';
import { dispatch, useDocument } from '../store/documentStore.ts';
import { dataFit } from '../training/dataFit.ts';
import { formatCount } from '../training/format.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/classNames.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Switch } from '../ui/Switch.tsx';
import { AugmentationForm } from './AugmentationForm.tsx';
import { ChooseData } from './ChooseData.tsx';
import { BalanceChart, BrokenReport, StatisticsTable } from './DataFigures.tsx';
import { inspectData } from './dataStore.ts';
import { ReaderForm } from './ReaderForm.tsx';
import { SampleGrid } from './SampleGrid.tsx';

export interface DataDialogProps {
  /** What to look at; a choice comes first when it is left out. */
  readonly path?: string | undefined;
}

const kinds: Readonly<Record<DataReader['kind'], string>> = {
  'image-folder': 'Image folder',
  'image-masks': 'Images with masks',
  table: 'Table',
  idx: 'IDX files',
  cifar: 'CIFAR files',
  arrays: 'NumPy arrays',
  text: 'Text',
};

/** Choice of data of the workspace, and everything there is to know of them before they are trained on. */
export function DataDialog({ path }: DataDialogProps) {
  const [chosen, setChosen] = useState(path);
  const { training } = useDocument((state) => state.document);
  if (chosen === undefined) {
    return (
      <Dialog open onClose={closeFileDialog} title="Add data" width="lg" data-testid="data-dialog">
        <ChooseData onChoose={setChosen} />
      </Dialog>
    );
  }
  const used = dataPathOf(training.data) === chosen;
  return <LookAtData key={chosen} path={chosen} used={used} onOther={() => setChosen(undefined)} />;
}

interface LookAtDataProps {
  readonly path: string;
  /** Whether the document trains on them already. */
  readonly used: boolean;
  readonly onOther: () => void;
}

function LookAtData({ path, used, onOther }: LookAtDataProps) {
  const { connection } = useHost();
  const { training } = useDocument((state) => state.document);
  const inferred = useDocument((state) => state.inferred);
  const [reader, setReader] = useState<DataReader | undefined>(used ? training.reader : undefined);
  const [inspection, setInspection] = useState<DataInspection | null>(null);
  const [problem, setProblem] = useState<HostProblem | null>(null);
  const [normalized, setNormalized] = useState(!used || training.normalization === 'standardize');
  const [augmentation, setAugmentation] = useState<Augmentation>((used ? training.augmentation : undefined) ?? {});
  const network = networkEnds(inferred.root);
  const wantedSize = imageSizeOf(network.inputs);

  useEffect(() => {
    let wanted = true;
    const chosen = { data: dataSettingOf(path), reader };
    void inspectData(connection, chosen).then((inspected) => {
      if (!wanted) return;
      if (inspected.state !== 'known') {
        setProblem(inspected.state === 'failed' ? inspected.problem : null);
        return;
      }
      const own = inspected.inspection.reader;
      // New images are kept in the size that the network takes: every pixel more would only be thrown away.
      if (reader === undefined && 'size' in own && wantedSize !== undefined && differs(own.size, wantedSize)) {
        setReader({ ...own, size: wantedSize });
        return;
      }
      setProblem(null);
      setInspection(inspected.inspection);
    });
    return () => {
      wanted = false;
    };
    // The size of the network is looked at once, when the data are new.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [connection, path, reader]);

  const fit = inspection === null ? null : dataFit(inspection.description, network);
  const hasImages = inspection?.description.inputs.some(({ kind }) => kind === 'image') === true;
  const hasNumbers = inspection?.description.inputs.some(({ kind }) => kind !== 'text') === true;

  function use(): void {
    if (inspection === null) return;
    const changes = {
      data: dataSettingOf(path),
      reader: inspection.reader,
      augmentation: hasImages && Object.keys(augmentation).length > 0 ? augmentation : undefined,
      normalization: hasNumbers && normalized ? ('standardize' as const) : undefined,
    };
    dispatch(setTraining, { changes });
    closeFileDialog();
  }

  return (
    <Dialog
      open
      onClose={closeFileDialog}
      title={path.split('/').at(-1) ?? path}
      description={inspection === null ? path : `${kinds[inspection.reader.kind]} · ${path}`}
      width="lg"
      data-testid="data-dialog"
      footer={
        <>
          <Button variant="ghost" className="mr-auto" onClick={onOther}>
            Other data…
          </Button>
          <Button onClick={closeFileDialog}>Cancel</Button>
          <Button
            variant="primary"
            disabled={inspection === null || inspection.problems.length > 0}
            onClick={use}
            data-testid="use-data"
          >
            {used ? 'Apply' : 'Train on these'}
          </Button>
        </>
      }
    >
      {problem !== null && <Problem problem={problem} />}
      {inspection === null && problem === null && <p className="text-sm text-ink-muted">Looking at the files…</p>}
      {inspection !== null && (
        <div className="flex flex-col gap-4">
          <ul className="flex flex-col gap-0.5 text-sm text-ink" data-testid="data-understood">
            {inspection.understood.map((line) => (
              <li key={line}>{line}</li>
            ))}
            {inspection.warnings.map((line) => (
              <li key={line} className="text-warning">
                {line}
              </li>
            ))}
          </ul>
          {inspection.problems.map((one) => (
            <Problem key={one.code} problem={one} />
          ))}
          {fit?.fits === false && (
            <p className="rounded-md bg-warning-soft px-3 py-2 text-sm text-warning" data-testid="data-unfit">
              {fit.reason} {fit.remedy}
            </p>
          )}
          {fit?.fits === true && fit.note !== null && <p className="text-xs text-ink-muted">{fit.note}</p>}
          <Sheets
            sheets={[
              {
                id: 'samples',
                title: 'Samples',
                content: (
                  <Checked path={path} inspection={inspection} onReader={setReader}>
                    <SampleGrid
                      data={dataSettingOf(path)}
                      reader={inspection.reader}
                      classes={classesOf(inspection)}
                      augmentation={augmentation}
                      seed={training.seed}
                    />
                    {hasImages && <AugmentationForm value={augmentation} onChange={setAugmentation} />}
                  </Checked>
                ),
              },
              {
                id: 'figures',
                title: 'Classes and numbers',
                content: (
                  <Checked path={path} inspection={inspection} onReader={setReader} figures>
                    {hasNumbers && (
                      <Switch
                        label="Normalize"
                        help="Mean 0 and deviation 1 over the training part; both are kept with the run."
                        checked={normalized}
                        onChange={setNormalized}
                        data-testid="normalize"
                      />
                    )}
                  </Checked>
                ),
              },
              {
                id: 'reading',
                title: 'How they are read',
                content: <ReaderForm reader={inspection.reader} onChange={setReader} />,
              },
            ]}
          />
        </div>
      )}
    </Dialog>
  );
}

interface CheckedProps {
  readonly path: string;
  readonly inspection: DataInspection;
  readonly onReader: (reader: DataReader) => void;
  readonly figures?: boolean;
  readonly children: ReactNode;
}

/** Reads every sample first, telling how far it is, and what cannot be read. */
function Checked({ path, inspection, onReader, figures = false, children }: CheckedProps) {
  const { connection } = useHost();
  const { reader } = inspection;
  const [check, setCheck] = useState<DataCheck | null>(null);
  const [problem, setProblem] = useState<HostProblem | null>(null);
  const [progress, setProgress] = useState<DataProgress | null>(null);
  const blocked = inspection.problems.length > 0;

  useEffect(() => {
    if (blocked) return undefined;
    let wanted = true;
    const stopListening = connection.onEvent((message) => {
      if (message.event === 'data' && message.payload.subject === path) setProgress(message.payload);
    });
    void connection.call('data/check', { path, reader }).then((answer) => {
      if (!wanted) return;
      setCheck(answer.ok ? answer.value : null);
      setProblem(answer.ok ? null : answer.problem);
    });
    return () => {
      wanted = false;
      stopListening();
    };
  }, [connection, path, reader, blocked]);

  if (blocked) return null;
  if (problem !== null) return <Problem problem={problem} />;
  if (check === null) {
    return (
      <div className="flex flex-col gap-1.5">
        <p className="text-sm text-ink-muted">
          {progress === null
            ? 'Reading every sample…'
            : `${formatCount(progress.done)} of ${formatCount(progress.total)} read`}
        </p>
        <progress
          value={progress?.done ?? 0}
          max={progress?.total ?? 1}
          aria-label="Reading"
          className="h-1 w-full accent-accent"
        />
      </div>
    );
  }
  const leftOut = 'leaveOut' in reader && reader.leaveOut;
  return (
    <div className="flex flex-col gap-4">
      <BrokenReport
        check={check}
        leftOut={leftOut}
        onLeaveOut={() => {
          if ('leaveOut' in reader) onReader({ ...reader, leaveOut: true });
        }}
      />
      {figures && check.balance.map((balance) => <BalanceChart key={balance.target} balance={balance} />)}
      {figures && check.statistics.length > 0 && (
        <StatisticsTable statistics={check.statistics} measured={check.measured} />
      )}
      {children}
    </div>
  );
}

interface Sheet {
  readonly id: string;
  readonly title: string;
  readonly content: ReactNode;
}

function Sheets({ sheets }: { readonly sheets: readonly Sheet[] }) {
  const [shown, setShown] = useState(sheets[0]?.id);
  return (
    <div className="flex flex-col gap-3">
      <div role="tablist" className="flex gap-1 border-b border-line">
        {sheets.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            aria-selected={id === shown}
            onClick={() => setShown(id)}
            data-testid={`data-sheet-${id}`}
            className={classNames(
              '-mb-px border-b-2 px-2 pb-1.5 text-sm',
              id === shown ? 'border-accent text-ink' : 'border-transparent text-ink-muted hover:text-ink',
            )}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel">{sheets.find(({ id }) => id === shown)?.content}</div>
    </div>
  );
}

function Problem({ problem }: { readonly problem: HostProblem }) {
  return (
    <div
      role="alert"
      className="flex flex-col gap-0.5 rounded-md bg-danger-soft px-3 py-2 text-sm"
      data-testid="data-problem"
    >
      <p className="text-danger">{problem.message}</p>
      {problem.expected !== undefined && <p className="text-xs text-ink">Expected: {problem.expected}</p>}
      {problem.received !== undefined && <p className="text-xs text-ink">Received: {problem.received}</p>}
      {problem.remedy !== undefined && <p className="text-xs text-ink-muted">{problem.remedy}</p>}
    </div>
  );
}

function classesOf({ description }: DataInspection): readonly string[] {
  const target = description.targets.find(({ kind }) => kind === 'class');
  return target?.kind === 'class' ? target.classes : [];
}

interface Size {
  readonly height: number;
  readonly width: number;
}

function imageSizeOf(inputs: ReturnType<typeof networkEnds>['inputs']): Size | undefined {
  const image = inputs.find(({ type }) => isImage(type))?.type;
  if (image === undefined) return undefined;
  const [height, width] = [sizeOf(image, 'height'), sizeOf(image, 'width')];
  return typeof height === 'number' && typeof width === 'number' ? { height, width } : undefined;
}

function differs(own: Size | undefined, wanted: Size): boolean {
  return own?.height !== wanted.height || own.width !== wanted.width;
}
