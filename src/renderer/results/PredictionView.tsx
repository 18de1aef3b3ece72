import { PenLine } from 'lucide-react';
import { useState } from 'react';
import type { FilePrediction, PredictedPart } from '../../contract/examination.ts';
import type { SamplePicture } from '../../contract/samples.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import { SampleThumbnail } from '../samples/SampleThumbnail.tsx';
import { Button } from '../ui/Button.tsx';
import { digits, FigureTable, percent } from './FigureTable.tsx';
import { MaskImage } from './MaskImage.tsx';
import { MaskLegend, toggled } from './MaskLegend.tsx';
import { OpacitySlider } from './OpacitySlider.tsx';
import { PieceList } from './PieceList.tsx';

/** Samples of one file that are shown. */
const SHOWN = 40;
/** Characters of a text's end that are shown before what was written. */
const END = 400;
const SIZE = 144;
const LARGE = 192;

/** What the network says of one file, and what was done to the file before. */
export function PredictionView({
  prediction: { file, received, steps, samples, text, continuation },
  onWriteOn,
}: {
  readonly prediction: FilePrediction;
  readonly onWriteOn: (text: string) => void;
}) {
  const [first] = samples;
  const table = samples.length > 1 && first?.outputs.every(({ kind }) => kind === 'values' || kind === 'class');
  return (
    <div className="flex flex-col gap-2">
      <h3 className="text-sm text-ink">
        <strong className="font-medium">{file}</strong> · {received}
      </h3>
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-col gap-3">
          {table === true ? (
            <Rows samples={samples.slice(0, SHOWN)} />
          ) : (
            samples.slice(0, SHOWN).map((sample, index) => (
              <div key={index} className="flex flex-wrap items-start gap-4">
                {sample.picture.kind !== 'text' && !sample.outputs.some(({ kind }) => kind === 'mask') && (
                  <figure className="flex flex-col gap-1">
                    <SampleThumbnail picture={sample.picture} size={SIZE} />
                    <figcaption className="text-2xs text-ink-muted">
                      {sample.name === '' ? 'As the network sees it' : sample.name}
                    </figcaption>
                  </figure>
                )}
                {sample.outputs.map((part) => (
                  <div key={part.path} className="flex flex-col gap-1">
                    {sample.outputs.length > 1 && <h4 className="text-xs font-medium text-ink">{part.path}</h4>}
                    <Part part={part} picture={sample.picture} />
                  </div>
                ))}
              </div>
            ))
          )}
          {samples.length > SHOWN && <p className="text-2xs text-ink-muted">and {samples.length - SHOWN} more</p>}
          {text !== undefined && continuation !== undefined && (
            <div
              className="max-w-prose rounded-md border border-line bg-raised p-3"
              data-testid="own-file-continuation"
            >
              <p className="font-mono text-xs leading-5 break-words whitespace-pre-wrap text-ink-muted">
                {text.slice(-END)}
              </p>
              <PieceList pieces={continuation} />
            </div>
          )}
          {text !== undefined && (
            <Button
              size="sm"
              className="self-start"
              icon={<PenLine size={13} aria-hidden />}
              onClick={() => onWriteOn(text)}
              data-testid="write-on"
            >
              Write on with other options
            </Button>
          )}
        </div>
        {steps.length > 0 && (
          <div className="max-w-xs text-2xs text-ink-muted" data-testid="own-file-steps">
            <p className="font-medium">Before the network saw it:</p>
            <ul className="list-disc pl-4">
              {steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </div>
  );
}

/** Many samples as rows: the likeliest class, or the values. */
function Rows({ samples }: { readonly samples: FilePrediction['samples'] }) {
  const columns = samples[0]?.outputs.flatMap(titlesOf) ?? [];
  const truth = samples.some((sample) => sample.truth !== undefined);
  return (
    <FigureTable
      titles={['Row', ...columns, ...(truth ? ['The file says'] : [])]}
      rows={samples.map((sample) => ({
        name: sample.name,
        figures: [...sample.outputs.flatMap(cellsOf), ...(truth ? [sample.truth ?? '–'] : [])],
      }))}
      data-testid="own-file-rows"
    />
  );
}

function titlesOf(part: PredictedPart): string[] {
  return part.kind === 'values' ? part.values.map(({ name }) => name) : [part.path];
}

function cellsOf(part: PredictedPart): string[] {
  if (part.kind === 'values') return part.values.map(({ value }) => digits(value));
  const best = part.kind === 'class' ? part.top[0] : undefined;
  return [best === undefined ? '' : `${best.name} ${percent(best.probability)}`];
}

function Part({ part, picture }: { readonly part: PredictedPart; readonly picture: SamplePicture }) {
  switch (part.kind) {
    case 'class':
      return (
        <ChoiceBars
          choices={part.top}
          note={
            part.classes > part.top.length
              ? `The likeliest of ${part.classes} classes`
              : part.independent
                ? 'Each a question of its own'
                : undefined
          }
        />
      );
    case 'mask':
      return <PredictedMask part={part} picture={picture} />;
    case 'values':
      return (
        <FigureTable
          titles={
            part.values.some(({ truth }) => truth !== undefined)
              ? ['Value', 'Predicted', 'True']
              : ['Value', 'Predicted']
          }
          rows={part.values.map(({ name, value, truth }) => ({
            name,
            figures: [digits(value), ...(truth === undefined ? [] : [digits(truth)])],
          }))}
          data-testid="own-file-values"
        />
      );
    case 'image':
      return <SampleThumbnail picture={part.picture} size={SIZE} />;
    case 'tokens':
      return (
        <div className="flex flex-col gap-1">
          {part.perplexity !== undefined && (
            <p className="text-sm text-ink">
              Perplexity <strong>{digits(part.perplexity)}</strong> over {part.tokens} tokens
            </p>
          )}
          <ChoiceBars
            choices={part.next.map((one) => ({ ...one, name: JSON.stringify(one.name) }))}
            note="What comes next"
          />
        </div>
      );
    default:
      return assertNever(part);
  }
}

interface ChoiceBarsProps {
  readonly choices: readonly { readonly name: string; readonly probability: number }[];
  readonly note: string | undefined;
}

/** Names with their probabilities, the likeliest first. */
function ChoiceBars({ choices, note }: ChoiceBarsProps) {
  return (
    <div className="flex flex-col gap-1" data-testid="own-file-choices">
      <ol className="flex flex-col gap-1">
        {choices.map(({ name, probability }) => (
          <li key={name} className="grid grid-cols-[7rem_8rem_3.5rem] items-center gap-2 text-xs">
            <span className="truncate text-ink" title={name}>
              {name}
            </span>
            <span className="h-2.5 rounded-xs bg-sunken">
              <span
                className="block h-full rounded-xs bg-accent"
                style={{ width: `${Math.min(1, probability) * 100}%` }}
              />
            </span>
            <span className="text-right text-ink-muted tabular-nums">{percent(probability)}</span>
          </li>
        ))}
      </ol>
      {note !== undefined && <p className="text-2xs text-ink-muted">{note}</p>}
    </div>
  );
}

function PredictedMask({
  part: { classes, mask, cover, shares },
  picture,
}: {
  readonly part: Extract<PredictedPart, { kind: 'mask' }>;
  readonly picture: SamplePicture;
}) {
  const [opacity, setOpacity] = useState(0.6);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set([0]));
  if (picture.kind !== 'image') return null;
  return (
    <div className="flex max-w-lg flex-col gap-2" data-testid="own-file-mask">
      <div className="flex flex-wrap gap-3">
        <figure className="flex flex-col gap-1">
          <MaskImage picture={picture} shown={undefined} size={LARGE} label="The image as the network sees it" />
          <figcaption className="text-2xs text-ink-muted">As the network sees it</figcaption>
        </figure>
        <figure className="flex flex-col gap-1">
          <MaskImage
            picture={picture}
            shown={{ mask, cover, opacity, hidden }}
            size={LARGE}
            label="The predicted mask"
          />
          <figcaption className="text-2xs text-ink-muted">Prediction</figcaption>
        </figure>
      </div>
      <OpacitySlider value={opacity} onChange={setOpacity} />
      <MaskLegend
        classes={classes}
        figures={shares.map(percent)}
        hidden={hidden}
        onToggle={(label) => setHidden(toggled(hidden, label))}
      />
    </div>
  );
}
