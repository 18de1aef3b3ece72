import tokens from '../theme/tokens.css?raw';

const named = new Map<string, string>();
for (const [, name = '', colour = ''] of tokens.matchAll(/--color-([\w-]+):\s*(#[0-9a-f]{6});/gi)) {
  // The light values come first; a figure is printed on white, whatever the editor looks like.
  if (!named.has(name)) named.set(name, colour.toLowerCase());
}

/** A colour of the light theme as `#rrggbb`. */
export function figureColour(name: string): string {
  return named.get(name) ?? '#333333';
}

/** A colour thinned with white: `share` of 0 is white. */
export function tint(colour: string, share: number): string {
  const channel = (at: number): string => {
    const value = parseInt(colour.slice(at, at + 2), 16);
    return Math.round(255 + (value - 255) * share)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}
