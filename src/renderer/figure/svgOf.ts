import type { Figure, Segment, Shape } from './figure.ts';

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function segment(one: Segment): string {
  const point = ({ x, y }: Segment['to']): string => `${number(x)} ${number(y)}`;
  return one.kind === 'line' ? `L${point(one.to)}` : `C${point(one.first)} ${point(one.second)} ${point(one.to)}`;
}

function element(shape: Shape, arrowOf: (colour: string) => string): string {
  switch (shape.kind) {
    case 'box': {
      const { name, x, y, width, height, radius, fill, stroke, dashed } = shape;
      const dash = dashed ? ' stroke-dasharray="4 3"' : '';
      return `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="${radius}" fill="${fill}" stroke="${stroke}" stroke-width="1.2"${dash}><title>${escape(name)}</title></rect>`;
    }
    case 'path': {
      const { from, segments, stroke, width, arrow } = shape;
      const d = `M${number(from.x)} ${number(from.y)}${segments.map(segment).join('')}`;
      const end = arrow ? ` marker-end="url(#${arrowOf(stroke)})"` : '';
      return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}"${end}/>`;
    }
    case 'text': {
      const { at, text, size, bold, anchor, colour } = shape;
      const weight = bold ? ' font-weight="bold"' : '';
      return `<text x="${number(at.x)}" y="${number(at.y)}" font-size="${number(size)}"${weight} text-anchor="${anchor}" fill="${colour}">${escape(text)}</text>`;
    }
  }
}

/** A figure as SVG with text as text: it can be edited in any drawing program and searched in a PDF made of it. */
export function svgOf({ width, height, shapes }: Figure): string {
  const colours = [...new Set(shapes.flatMap((shape) => (shape.kind === 'path' && shape.arrow ? [shape.stroke] : [])))];
  const arrowOf = (colour: string): string => `arrow-${colours.indexOf(colour)}`;
  const markers = colours.map(
    (colour) =>
      `<marker id="${arrowOf(colour)}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.8L8 4L0 7.2z" fill="${colour}"/></marker>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width)}" height="${number(height)}" font-family="Helvetica, Arial, sans-serif">`,
    ...(markers.length === 0 ? [] : [`<defs>${markers.join('')}</defs>`]),
    ...shapes.map((shape) => element(shape, arrowOf)),
    '</svg>',
    '',
  ].join('\n');
}
