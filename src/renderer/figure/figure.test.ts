import { expect, test } from 'vitest';
import { NodeId, type SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { inferDocument } from '../../graph-engine/infer/inferDocument.ts';
import { residualDigits, residualNetwork20 } from '../../graph-engine/testing/examples.ts';
import { drawFigure } from './drawFigure.ts';
import { parsePath } from './figure.ts';
import { fitText, textWidth } from './helvetica.ts';
import { pdfOf } from './pdfOf.ts';
import { svgOf } from './svgOf.ts';
import { tikzOf } from './tikzOf.ts';

function figureOf(document: SkipwireDocument, only?: readonly string[]) {
  const { root } = inferDocument(document);
  return drawFigure({
    graph: document.graph,
    inferred: root,
    blocks: document.blocks,
    shapes: true,
    ...(only !== undefined && { only: new Set(only.map((id) => NodeId.parse(id))) }),
  });
}

test('every node is a card, every wire a line, and everything lies within the page', () => {
  const document = residualDigits();
  const { shapes, width, height } = figureOf(document);
  const nodes = Object.keys(document.graph.nodes);
  expect(shapes.flatMap((shape) => (shape.kind === 'box' ? [shape.name] : [])).sort()).toEqual(nodes.sort());
  const wires = Object.values(document.graph.nodes).flatMap(({ inputs }) => Object.keys(inputs));
  expect(shapes.filter((shape) => shape.kind === 'path' && shape.arrow)).toHaveLength(wires.length);
  for (const shape of shapes) {
    const { x, y } = shape.kind === 'box' ? shape : shape.kind === 'text' ? shape.at : shape.from;
    expect(x >= 0 && y >= 0 && x <= width && y <= height).toBe(true);
  }
});

test('a skip is an arc over what it skips, in the colour of skips', () => {
  const { shapes } = figureOf(residualDigits());
  const conv2 = shapes.find((shape) => shape.kind === 'box' && shape.name === 'conv2');
  const arcs = shapes.filter((shape) => shape.kind === 'path' && shape.width === 2);
  expect(arcs).toHaveLength(1);
  const highest = arcs.flatMap((arc) => (arc.kind === 'path' ? arc.segments.map(({ to }) => to.y) : []));
  expect(Math.min(...highest)).toBeLessThan(conv2?.kind === 'box' ? conv2.y : 0);
});

test('a repeated block has a bracket with how often', () => {
  const { shapes } = figureOf(residualNetwork20());
  const times = shapes.flatMap((shape) => (shape.kind === 'text' && shape.text.startsWith('×') ? [shape.text] : []));
  expect(times).toEqual(['×3', '×3', '×3']);
});

test('colours are those of the light theme', () => {
  const strokes = figureOf(residualDigits()).shapes.flatMap((shape) => (shape.kind === 'box' ? [shape.stroke] : []));
  expect(new Set(strokes).size).toBeGreaterThan(5);
  expect(strokes).not.toContain('#333333');
});

test('a selection is drawn with the wires among itself', () => {
  const { shapes } = figureOf(residualDigits(), ['conv2', 'bn2']);
  expect(shapes.filter(({ kind }) => kind === 'box')).toHaveLength(2);
  expect(shapes.filter((shape) => shape.kind === 'path' && shape.arrow)).toHaveLength(1);
});

test('SVG keeps text as text and says nothing that is not escaped', () => {
  const document = residualDigits();
  const graph = { ...document.graph };
  const svg = svgOf(figureOf({ ...document, graph }));
  expect(svg).toContain('>Conv2D</text>');
  expect(svg).toContain('>8×8×32</text>');
  expect(svg.match(/<rect/g)).toHaveLength(Object.keys(document.graph.nodes).length);
  const hostile = svgOf({
    width: 1,
    height: 1,
    shapes: [
      {
        kind: 'text',
        at: { x: 0, y: 0 },
        text: '<script>&"',
        size: 9,
        bold: false,
        anchor: 'start',
        colour: '#000000',
      },
    ],
  });
  expect(hostile).toContain('&#60;script&#62;&#38;&#34;');
});

test('TikZ names its nodes, defines its colours, and escapes what TeX would read', () => {
  const tex = tikzOf(figureOf(residualDigits()));
  expect(tex).toContain('\\begin{tikzpicture}');
  expect(tex).toMatch(/\\node\[draw=skipwire\d+, .*\] \(conv1\) at \([\d.]+,[\d.]+\) \{\};/);
  expect(tex).toContain('{8$\\times$8$\\times$32};');
  for (const [, name] of tex.matchAll(/(?:draw|fill|text)=(skipwire\d+)/g)) {
    expect(tex).toContain(`\\definecolor{${name}}{HTML}`);
  }
  const braces = (sign: string): number => tex.split(sign).length;
  expect(braces('{')).toBe(braces('}'));
});

test('PDF has a page as large as the figure, text in a standard font, and a table that finds every object', () => {
  const figure = figureOf(residualNetwork20());
  const bytes = pdfOf(figure);
  const text = new TextDecoder().decode(bytes);
  expect(text.startsWith('%PDF-1.4')).toBe(true);
  // Offsets count bytes: the file is ASCII throughout.
  expect(text).toHaveLength(bytes.length);
  const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
  expect(text.slice(start, start + 4)).toBe('xref');
  const offsets = [...text.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
  offsets.forEach((offset, index) => expect(text.slice(offset).startsWith(`${index + 1} 0 obj`)).toBe(true));
  const stream = /<< \/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/.exec(text);
  expect(stream?.[2]).toHaveLength(Number(stream?.[1]));
  // "Conv2D" in bytes.
  expect(text).toContain('<436f6e763244> Tj');
});

test('text that does not fit is set smaller, then shortened', () => {
  expect(fitText('Conv2D', 140, 13, 10)).toEqual({ text: 'Conv2D', size: 13 });
  expect(fitText('Global average pooling', 120, 13, 10).size).toBeLessThan(13);
  const short = fitText('Batch normalization with a very long name', 100, 12, 10);
  expect(short.text.endsWith('…')).toBe(true);
  expect(textWidth(short.text, short.size)).toBeLessThanOrEqual(100);
});

test('quadratic corners become the same curve as cubics', () => {
  const { from, segments } = parsePath('M0,0 L10,0 Q20,0 20,10');
  expect(from).toEqual({ x: 0, y: 0 });
  const [, corner] = segments;
  expect(corner).toMatchObject({ kind: 'curve', to: { x: 20, y: 10 } });
  expect(corner?.kind === 'curve' && [corner.first.x, corner.second.y]).toEqual([10 + 20 / 3, 10 - 20 / 3]);
});

test('TikZ asks for nothing that a basic LaTeX lacks, on a page as large as the figure', () => {
  const figure = figureOf(residualDigits());
  const named = (name: string) => tikzOf({ ...figure, shapes: [{ ...text, text: name }] });
  const text = {
    kind: 'text',
    at: { x: 0, y: 0 },
    text: '',
    size: 10,
    bold: false,
    anchor: 'start',
    colour: '#000000',
  } as const;
  const tex = tikzOf(figure);
  expect(tex.match(/\\usepackage(\[[^\]]*\])?\{(\w+)\}/g)?.map((line) => line.replace(/^.*\{|\}$/g, ''))).toEqual([
    'geometry',
    'tikz',
  ]);
  expect(tex).toContain(`paperwidth=${String(Math.round((figure.width * 0.6 + 2) * 100) / 100)}pt`);
  expect(tex).toContain('\\useasboundingbox (0,0) rectangle');
  expect(named('α ≥ ½ “é” a_b <c> 漢')).toContain("{$\\alpha$ $\\geq$ 1/2 ``é'' a\\_b $<$c$>$ ?};");
  // Whatever else is in a name, only what pdfTeX can read by itself comes into the file.
  expect(named('日本∮→\u0007 Ж ÷ Łódź')).not.toMatch(/[^ -~\nÀ-ÿŁłŒœŠšŽž]/);
});
