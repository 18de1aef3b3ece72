import { coloursOf, type ColourMapName } from '../../graph-engine/probe/colourMap.ts';
import { LEVELS } from '../../graph-engine/probe/picture.ts';
import type { Picture } from '../../graph-engine/probe/valueReading.ts';
import { arrangeTiles, GAP, usePaintedTiles, usePixels } from './usePixels.ts';

export interface Room {
  readonly width: number;
  readonly height: number;
}

export interface ValuePictureProps {
  readonly picture: Picture;
  readonly colours: ColourMapName;
  readonly room: Room;
  /** What the tokens are called. */
  readonly words?: readonly string[] | undefined;
}

/** A value as a picture in the room there is: channels as tiles, a vector as bars, tokens as text. */
export function ValuePicture({ picture, colours, room, words }: ValuePictureProps) {
  switch (picture.kind) {
    case 'tiles':
      return <Tiles picture={picture} colours={colours} room={room} />;
    case 'bars':
      return <Bars picture={picture} colours={colours} room={room} />;
    case 'tokens':
      return (
        <span className="sw-value-text" style={{ maxWidth: room.width, maxHeight: room.height }}>
          {picture.tokens.map((token) => words?.[token] ?? `${token} `).join('')}
        </span>
      );
  }
}

type Of<Kind extends Picture['kind']> = Extract<Picture, { kind: Kind }>;

function Tiles({ picture, colours, room }: ValuePictureProps & { readonly picture: Of<'tiles'> }) {
  const count = picture.channels?.length ?? 1;
  const { columns, rows, scale } = arrangeTiles(count, picture, room);
  const canvas = usePixels(usePaintedTiles(picture, columns, colours));
  return (
    <canvas
      ref={canvas}
      className="sw-value-pixels"
      style={{
        width: (columns * (picture.width + GAP) - GAP) * scale,
        height: (rows * (picture.height + GAP) - GAP) * scale,
      }}
    />
  );
}

function Bars({ picture: { values, low, high }, colours, room }: ValuePictureProps & { readonly picture: Of<'bars'> }) {
  const table = coloursOf(colours, low < 0);
  const colourOf = (value: number): string => {
    const level = Math.round(((value - low) / (high - low)) * LEVELS) * 3;
    return `rgb(${table[level] ?? 0} ${table[level + 1] ?? 0} ${table[level + 2] ?? 0})`;
  };
  const zero = (high / (high - low)) * room.height;
  const step = room.width / values.length;
  return (
    <svg width={room.width} height={room.height} className="sw-value-bars">
      <line x1={0} x2={room.width} y1={zero} y2={zero} className="sw-value-zero" />
      {values.map((value, index) => {
        const height = (Math.abs(value) / (high - low)) * room.height;
        return (
          <rect
            key={index}
            x={index * step}
            width={Math.max(0.8, step - (step > 3 ? 1 : 0.2))}
            y={value >= 0 ? zero - height : zero}
            height={Math.max(height, 0.5)}
            fill={colourOf(value)}
          />
        );
      })}
    </svg>
  );
}
