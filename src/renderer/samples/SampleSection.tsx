import './samples.css';
import { useEffect, useMemo, useState } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { instancePrefix } from '../../graph-engine/lower/instancePath.ts';
import { fromBase64 } from '../../graph-engine/probe/base64.ts';
import { coloursOf } from '../../graph-engine/probe/colourMap.ts';
import type { Histogram, ReadAnswer, ValueReading } from '../../graph-engine/probe/valueReading.ts';
import { nameOf } from '../../graph-engine/document/graphs.ts';
import { Fact, Section } from '../inspector/Section.tsx';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { formatPercent } from '../training/format.ts';
import { classNames } from '../ui/classNames.ts';
import { describeReading, formatValue } from './describeValue.ts';
import { inspectPath, setLesion, useSample } from './sampleStore.ts';
import { imageOf } from './SampleThumbnail.tsx';
import { arrangeTiles, GAP, usePaintedTiles, usePixels, type PixelImage } from './usePixels.ts';
import { ValuePicture } from './ValuePicture.tsx';

/** Everything about the value of the looked-at sample at one node; nothing while no sample is looked at. */
export function SampleSection({ id }: { readonly id: NodeId }) {
  const open = useSample((state) => state.open);
  return open ? <Inspected id={id} /> : null;
}

function Inspected({ id }: { readonly id: NodeId }) {
  const { graph, path: steps } = useShownScope();
  const document = useDocument((state) => state.document);
  const node = graph.nodes[id];
  const path = node === undefined ? null : instancePrefix(document, steps) + nameOf(id, node);
  const whole = useSample((state) => (state.inspected === path ? state.whole : null));
  const lesion = useSample((state) => state.lesions.find((one) => one.path === path)?.how ?? null);
  const failed = useSample((state) => state.session.status === 'failed');

  useEffect(() => {
    inspectPath(path);
    return () => inspectPath(null);
  }, [path]);

  if (path === null || failed) return null;
  const isEnd = node !== undefined && 'op' in node && Object.keys(node.inputs).length === 0;
  return (
    <Section title="This sample" aside={path}>
      <div data-testid="sample-section" className="flex flex-col gap-3">
        {whole?.values.map(({ port, reading }) => (
          <Value key={port} port={whole.values.length > 1 ? port : null} reading={reading} path={path} />
        ))}
        {whole?.values.length === 0 && <p className="text-xs text-ink-muted">Nothing comes out of this node.</p>}
        {!isEnd && (
          <div className="flex gap-1.5">
            <LesionButton path={path} how="bypass" lesion={lesion} label="Pass by here" />
            <LesionButton path={path} how="mute" lesion={lesion} label="Mute here" />
          </div>
        )}
      </div>
    </Section>
  );
}

/** Changes the way of the sample, not the network. */
function LesionButton({
  path,
  how,
  lesion,
  label,
}: {
  readonly path: string;
  readonly how: 'bypass' | 'mute';
  readonly lesion: 'bypass' | 'mute' | null;
  readonly label: string;
}) {
  const on = lesion === how;
  return (
    <button
      type="button"
      className={classNames(
        'h-7 rounded-md border border-line px-2 text-xs hover:bg-hover',
        on && 'border-warning bg-warning-soft text-warning',
      )}
      aria-pressed={on}
      title="For this look only: the network stays as it is"
      data-testid={`lesion-${how}`}
      onClick={() => setLesion(path, on ? null : how)}
    >
      {label}
    </button>
  );
}

const ROOM = { width: 264, height: 264 } as const;
const BARS_ROOM = { width: 264, height: 72 } as const;

interface ValueProps {
  readonly port: string | null;
  readonly reading: ValueReading;
  readonly path: string;
}

function Value({ port, reading, path }: ValueProps) {
  const { picture, statistics, channels, histogram, answer } = reading;
  const colours = useSample((state) => state.colours);
  const names = useSample((state) => (state.session.status === 'ready' ? state.session.choices[path] : undefined));
  const words = useSample((state) =>
    state.session.status === 'ready' ? Object.values(state.session.choices)[0] : undefined,
  );
  return (
    <div data-testid={`sample-value-${port ?? 'output'}`} aria-label={describeReading(port ?? path, reading)}>
      {port !== null && <h3 className="mb-1 text-2xs text-ink-muted">{port}</h3>}
      {answer !== undefined && <Answer answer={answer} names={names} />}
      {answer?.kind !== 'choices' && picture.kind === 'tiles' && <Channels reading={reading} picture={picture} />}
      {answer?.kind !== 'choices' && picture.kind !== 'tiles' && (
        <ValuePicture
          picture={picture}
          colours={colours}
          room={picture.kind === 'bars' ? BARS_ROOM : ROOM}
          words={words}
        />
      )}
      {picture.kind !== 'tokens' && (
        <>
          <Scale low={picture.low} high={picture.high} />
          {histogram !== undefined && <HistogramView histogram={histogram} />}
          <dl>
            <Fact name="Range" testId="sample-range">
              {formatValue(statistics.minimum)} … {formatValue(statistics.maximum)}
            </Fact>
            <Fact name="Mean ± deviation">
              {formatValue(statistics.mean)} ± {formatValue(statistics.deviation)}
            </Fact>
            <Fact name="Zeros" testId="sample-zeros">
              {formatPercent(statistics.zeros)}
            </Fact>
            {channels.count > 1 && (
              <Fact name="Dead channels" testId="sample-dead">
                {channels.dead} of {channels.count}
              </Fact>
            )}
            {statistics.notFinite > 0 && <Fact name="Not finite">{statistics.notFinite}</Fact>}
          </dl>
        </>
      )}
    </div>
  );
}

type Tiles = Extract<ValueReading['picture'], { kind: 'tiles' }>;

/** All channels; the one under the pointer is told below, a press shows it alone. */
function Channels({ reading, picture }: { readonly reading: ValueReading; readonly picture: Tiles }) {
  const colours = useSample((state) => state.colours);
  const [pointed, setPointed] = useState<number | null>(null);
  const [alone, setAlone] = useState<number | null>(null);
  const count = picture.channels?.length ?? 1;
  const shown = useMemo(
    () => (alone === null ? picture : { ...picture, channels: [alone], pixels: tileOf(picture, alone) }),
    [picture, alone],
  );
  const layout = arrangeTiles(alone === null ? count : 1, picture, ROOM);
  const canvas = usePixels(usePaintedTiles(shown, layout.columns, colours));
  const [tileWidth, tileHeight] = [(picture.width + GAP) * layout.scale, (picture.height + GAP) * layout.scale];
  const tileAt = (x: number, y: number): number | null => {
    const tile = Math.floor(y / tileHeight) * layout.columns + Math.floor(x / tileWidth);
    return tile < count ? tile : null;
  };
  const told = alone ?? pointed;
  const facts = told === null ? undefined : reading.channelStatistics?.[told];
  return (
    <div>
      <canvas
        ref={canvas}
        data-testid="sample-channels"
        className="sw-value-pixels max-w-full cursor-zoom-in"
        style={{
          width: layout.columns * tileWidth - GAP * layout.scale,
          height: layout.rows * tileHeight - GAP * layout.scale,
        }}
        onPointerMove={({ nativeEvent: { offsetX, offsetY } }) => {
          if (alone === null) setPointed(tileAt(offsetX, offsetY));
        }}
        onPointerLeave={() => setPointed(null)}
        onClick={() => setAlone(alone === null && count > 1 ? pointed : null)}
      />
      <p className="min-h-4 text-2xs text-ink-muted tabular-nums" data-testid="sample-channel">
        {facts !== undefined && told !== null
          ? `channel ${told}: ${formatValue(facts.minimum)} … ${formatValue(facts.maximum)}, mean ${formatValue(facts.mean)} ± ${formatValue(facts.deviation)}, ${formatPercent(facts.zeros)} zeros`
          : count > 1
            ? `${count}${count < picture.outOf ? ` of ${picture.outOf}` : ''} channels`
            : ''}
      </p>
      {count > 1 && (
        <label className="flex items-center gap-2 text-2xs text-ink-muted">
          Channel
          <input
            type="range"
            min={-1}
            max={count - 1}
            value={alone ?? -1}
            data-testid="sample-channel-slider"
            aria-label="Channel that is shown alone; the lowest shows all"
            aria-valuetext={alone === null ? 'all' : String(alone)}
            className="flex-1 accent-accent"
            onChange={(event) => setAlone(Number(event.target.value) < 0 ? null : Number(event.target.value))}
          />
          {alone ?? 'all'}
        </label>
      )}
    </div>
  );
}

/** The pixels of one tile, again as base64. */
function tileOf({ width, height, pixels }: Tiles, tile: number): string {
  const bytes = fromBase64(pixels).subarray(tile * width * height, (tile + 1) * width * height);
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function Scale({ low, high }: { readonly low: number; readonly high: number }) {
  const colours = useSample((state) => state.colours);
  const gradient = useMemo(() => {
    const table = coloursOf(colours, low < 0);
    const stops = [0, 64, 127, 190, 254].map(
      (level) => `rgb(${[...table.subarray(level * 3, level * 3 + 3)].join(' ')})`,
    );
    return `linear-gradient(to right, ${stops.join(', ')})`;
  }, [colours, low]);
  return (
    <div className="my-1 flex items-center gap-2 text-2xs text-ink-muted tabular-nums">
      {formatValue(low)}
      <span className="h-2 flex-1 rounded-xs border border-line" style={{ background: gradient }} aria-hidden />
      {formatValue(high)}
    </div>
  );
}

const HISTOGRAM_HEIGHT = 44;

function HistogramView({ histogram: { from, to, counts } }: { readonly histogram: Histogram }) {
  const most = Math.max(...counts, 1);
  return (
    <figure
      className="my-1"
      aria-label={`Histogram from ${formatValue(from)} to ${formatValue(to)}`}
      data-testid="sample-histogram"
    >
      <svg viewBox={`0 0 ${counts.length} ${HISTOGRAM_HEIGHT}`} preserveAspectRatio="none" className="h-11 w-full">
        {counts.map((count, bin) => {
          // The root keeps small bins visible beside the many zeros that a ReLU leaves.
          const height = Math.sqrt(count / most) * HISTOGRAM_HEIGHT;
          return (
            <rect
              key={bin}
              x={bin + 0.08}
              width={0.84}
              y={HISTOGRAM_HEIGHT - height}
              height={height}
              className="fill-accent"
            />
          );
        })}
      </svg>
      <figcaption className="flex justify-between text-2xs text-ink-muted tabular-nums">
        <span>{formatValue(from)}</span>
        <span>{formatValue(to)}</span>
      </figcaption>
    </figure>
  );
}

const MOST_CHOICES = 10;

function Answer({ answer, names }: { readonly answer: ReadAnswer; readonly names: readonly string[] | undefined }) {
  switch (answer.kind) {
    case 'choices':
      return (
        <ol className="mb-1 flex flex-col gap-0.5" data-testid="sample-choices">
          {answer.indices.slice(0, MOST_CHOICES).map((index, place) => (
            <li key={index} className="grid grid-cols-[minmax(2.5rem,35%)_1fr_3.5rem] items-center gap-2 text-xs">
              <span className="truncate">{names?.[index] ?? index}</span>
              <span className="h-2.5 rounded-xs bg-sunken">
                <span
                  className="block h-full rounded-xs bg-accent"
                  style={{ width: `${(answer.shares[place] ?? 0) * 100}%` }}
                />
              </span>
              <span className="text-right tabular-nums">{formatPercent(answer.shares[place] ?? 0)}</span>
            </li>
          ))}
        </ol>
      );
    case 'tokens':
      return (
        <p
          className="mb-1 max-h-40 overflow-y-auto rounded-md bg-sunken p-2 font-mono text-2xs whitespace-pre-wrap"
          tabIndex={0}
        >
          {answer.tokens.map((token) => names?.[token] ?? '').join('')}
        </p>
      );
    case 'mask':
      return <Mask answer={answer} names={names} />;
    case 'values':
      return null;
  }
}

/** Colours of classes that are told apart without red against green (Okabe and Ito 2008). */
const MASK_COLOURS = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
] as const;

function colourOfClass(index: number): readonly [number, number, number] {
  return MASK_COLOURS[(index - 1) % MASK_COLOURS.length] ?? [0, 0, 0];
}

/** The classes of the pixels over the image they were found in; class 0 is left out as the ground. */
function Mask({
  answer,
  names,
}: {
  readonly answer: Extract<ReadAnswer, { kind: 'mask' }>;
  readonly names: readonly string[] | undefined;
}) {
  const view = useSample((state) => state.view);
  const { width, height, classes } = answer;
  const { image, present } = useMemo(() => {
    const bytes = fromBase64(classes);
    const under = view?.picture.kind === 'image' ? imageOf(view.picture) : undefined;
    const pixels = new Uint8ClampedArray(width * height * 4);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = (y * width + x) * 4;
        const index = bytes[y * width + x] ?? 0;
        const from =
          under === undefined
            ? 0
            : (Math.floor((y * under.height) / height) * under.width + Math.floor((x * under.width) / width)) * 4;
        const colour = colourOfClass(index);
        for (let part = 0; part < 3; part++) {
          const ground = under?.pixels[from + part] ?? 128;
          pixels[at + part] = index === 0 ? ground : 0.45 * ground + 0.55 * (colour[part] ?? 0);
        }
        pixels[at + 3] = 255;
      }
    }
    const painted: PixelImage = { width, height, pixels };
    return { image: painted, present: [...new Set(bytes)].sort((a, b) => a - b) };
  }, [classes, width, height, view]);
  const canvas = usePixels(image);
  return (
    <div className="mb-1" data-testid="sample-mask">
      <canvas ref={canvas} className="sw-value-pixels w-full max-w-64" />
      <p className="flex flex-wrap gap-x-3 text-2xs text-ink-muted">
        {present.map((index) => (
          <span key={index} className="flex items-center gap-1">
            {index > 0 && (
              <span
                className="size-2.5 rounded-xs"
                style={{ background: `rgb(${colourOfClass(index).join(' ')})` }}
                aria-hidden
              />
            )}
            {names?.[index] ?? index}
          </span>
        ))}
      </p>
    </div>
  );
}
