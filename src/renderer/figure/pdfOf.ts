import type { Point } from '../canvas/routeWire.ts';
import type { Figure, Segment, Shape } from './figure.ts';
import { textWidth } from './helvetica.ts';

/** Points of PDF for one unit of the canvas. */
const SCALE = 0.6;
/** How far a circle's control points are from its ends. */
const ROUND = 0.5523;
/** Characters of WinAnsiEncoding that are not at their Unicode place. */
const ANSI: Readonly<Record<string, number>> = {
  '…': 0x85,
  '–': 0x96,
  '—': 0x97,
  '“': 0x93,
  '”': 0x94,
  '’': 0x92,
  '•': 0x95,
};

function number(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function rgb(colour: string): string {
  return [1, 3, 5].map((at) => number(parseInt(colour.slice(at, at + 2), 16) / 255)).join(' ');
}

/** Bytes of a text in the encoding of the standard fonts, as a PDF string; what it cannot say becomes a question mark. */
function literal(text: string): string {
  const codes = [...text.replaceAll('→', '->')].map((character) => {
    const code = ANSI[character] ?? character.charCodeAt(0);
    return code < 256 ? code : 63;
  });
  return `<${codes.map((code) => code.toString(16).padStart(2, '0')).join('')}>`;
}

function drawing({ height, shapes }: Figure): string {
  const at = ({ x, y }: Point): string => `${number(x)} ${number(height - y)}`;
  const way = (one: Segment): string =>
    one.kind === 'line' ? `${at(one.to)} l` : `${at(one.first)} ${at(one.second)} ${at(one.to)} c`;

  function arrowHead(from: Point, segments: readonly Segment[], width: number): string {
    const last = segments.at(-1);
    if (last === undefined) return '';
    const before = last.kind === 'curve' ? last.second : (segments.at(-2)?.to ?? from);
    const length = Math.hypot(last.to.x - before.x, last.to.y - before.y) || 1;
    const [dx, dy] = [(last.to.x - before.x) / length, (last.to.y - before.y) / length];
    const size = 6 + width;
    const side = (sign: number): Point => ({
      x: last.to.x - dx * size - dy * sign * size * 0.42,
      y: last.to.y - dy * size + dx * sign * size * 0.42,
    });
    return `${at(last.to)} m ${at(side(1))} l ${at(side(-1))} l h f`;
  }

  function rounded({ x, y, width, height: high, radius: r }: Extract<Shape, { kind: 'box' }>): string {
    const k = r * (1 - ROUND);
    const [right, bottom] = [x + width, y + high];
    const corner = (a: Point, b: Point, c: Point): string => `${at(a)} ${at(b)} ${at(c)} c`;
    return [
      `${at({ x: x + r, y })} m`,
      `${at({ x: right - r, y })} l`,
      corner({ x: right - k, y }, { x: right, y: y + k }, { x: right, y: y + r }),
      `${at({ x: right, y: bottom - r })} l`,
      corner({ x: right, y: bottom - k }, { x: right - k, y: bottom }, { x: right - r, y: bottom }),
      `${at({ x: x + r, y: bottom })} l`,
      corner({ x: x + k, y: bottom }, { x, y: bottom - k }, { x, y: bottom - r }),
      `${at({ x, y: y + r })} l`,
      corner({ x, y: y + k }, { x: x + k, y }, { x: x + r, y }),
      'h',
    ].join(' ');
  }

  const parts = shapes.map((shape): string => {
    switch (shape.kind) {
      case 'box': {
        const dash = shape.dashed ? '[4 3] 0 d' : '[] 0 d';
        return `${rgb(shape.fill)} rg ${rgb(shape.stroke)} RG 1.2 w ${dash} ${rounded(shape)} B`;
      }
      case 'path': {
        const { from, segments, stroke, width, arrow } = shape;
        const line = `${rgb(stroke)} RG ${rgb(stroke)} rg ${number(width)} w [] 0 d ${at(from)} m ${segments.map(way).join(' ')} S`;
        return arrow ? `${line} ${arrowHead(from, segments, width)}` : line;
      }
      case 'text': {
        const { at: place, text, size, bold, anchor, colour } = shape;
        const x = anchor === 'middle' ? place.x - textWidth(text, size, bold) / 2 : place.x;
        return `BT ${rgb(colour)} rg /${bold ? 'Bold' : 'Plain'} ${number(size)} Tf 1 0 0 1 ${at({ x, y: place.y })} Tm ${literal(text)} Tj ET`;
      }
    }
  });
  return [`${SCALE} 0 0 ${SCALE} 0 0 cm 1 J 1 j`, ...parts].join('\n');
}

/** A figure as a PDF of one page that is as large as the figure: vectors and text in a font that every reader has. */
export function pdfOf(figure: Figure): Uint8Array<ArrayBuffer> {
  const content = drawing(figure);
  const box = `[0 0 ${number(figure.width * SCALE)} ${number(figure.height * SCALE)}]`;
  const font = (name: string): string =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Contents 4 0 R /Resources << /Font << /Plain 5 0 R /Bold 6 0 R >> >> >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    font('Helvetica'),
    font('Helvetica-Bold'),
  ];
  let file = '%PDF-1.4\n';
  const offsets: number[] = [];
  for (const [index, object] of objects.entries()) {
    offsets.push(file.length);
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const start = file.length;
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return new TextEncoder().encode(file);
}
