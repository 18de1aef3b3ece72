import type { TextPiece } from '../../contract/examination.ts';
import { classNames } from '../ui/classNames.ts';

/** Below this a token was a surprise. */
const SURPRISE = 0.1;

/** Tokens one after the other as text; each says the probability that the network gave to it. */
export function PieceList({
  pieces,
  shaded = false,
}: {
  readonly pieces: readonly TextPiece[];
  readonly shaded?: boolean;
}) {
  return (
    <p className="font-mono text-xs leading-5 break-words whitespace-pre-wrap text-ink">
      {pieces.map(({ text, probability }, index) => (
        <span
          key={index}
          title={`${JSON.stringify(text)}: ${(probability * 100).toFixed(1)} %`}
          className={classNames(shaded && probability < SURPRISE && 'border-b border-dotted border-ink-muted')}
          style={
            shaded
              ? {
                  backgroundColor: `color-mix(in srgb, var(--color-danger) ${Math.round(24 * (1 - probability) ** 2)}%, transparent)`,
                }
              : undefined
          }
        >
          {shaded && text === '\n' ? '⏎\n' : text}
        </span>
      ))}
    </p>
  );
}
