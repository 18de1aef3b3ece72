/**
 * The encoding of positions by waves of falling frequency, row by row: sine at even places, cosine at odd ones (Vaswani et al.
 * 2017, arXiv 1706.03762, section 3.5).
 */
export function sinusoids(positions: readonly number[], size: number): readonly number[] {
  return positions.flatMap((position) =>
    Array.from({ length: size }, (_, place) => {
      const angle = position / 10_000 ** ((place - (place % 2)) / size);
      return place % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }),
  );
}
