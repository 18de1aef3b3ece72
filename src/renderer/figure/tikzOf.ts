import type { Point } from '../canvas/routeWire.ts';
import type { Figure, Shape } from './figure.ts';

/** Points of TeX for one unit of the canvas: a card is then 96 pt wide, a third of a text column. */
const SCALE = 0.6;

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Characters that TeX writes by a command; mathematics is in every installation, other fonts may be missing. */
const TEX: Readonly<Record<string, string>> = {
  '\\': '$\\backslash$',
  '{': '\\{',
  '}': '\\}',
  '#': '\\#',
  $: '\\$',
  '%': '\\%',
  '&': '\\&',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '$<$',
  '>': '$>$',
  '|': '$|$',
  '"': "''",
  '×': '$\\times$',
  '·': '$\\cdot$',
  '→': '$\\rightarrow$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '≠': '$\\neq$',
  '±': '$\\pm$',
  '∞': '$\\infty$',
  '∑': '$\\sum$',
  '½': '1/2',
  '²': '$^2$',
  '³': '$^3$',
  '…': '\\ldots{}',
  '–': '--',
  '—': '---',
  '“': '``',
  '”': "''",
  '’': "'",
};

const GREEK: readonly (readonly [string, string])[] = [
  [
    'αβγδεζηθικλμνξπρστυφχψω',
    'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon varphi chi psi omega',
  ],
  ['ΓΔΘΛΞΠΣΦΨΩ', 'Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega'],
];

const LETTERS: ReadonlyMap<string, string> = new Map(
  GREEK.flatMap(([letters, names]) => {
    const commands = names.split(' ');
    return [...letters].map((letter, index) => [letter, `$\\${commands[index] ?? ''}$`] as const);
  }),
);

/** Latin letters with accents TeX puts together by itself; what no font of a basic installation has becomes a question mark. */
function escape(text: string): string {
  return [...text.normalize('NFC')]
    .map((character) => {
      const known = TEX[character] ?? LETTERS.get(character);
      if (known !== undefined) return known;
      return /[ -~À-ÿŁłŒœŠšŽž]/.test(character) && !/[Ð×Þð÷þ]/.test(character) ? character : '?';
    })
    .join('');
}

function point({ x, y }: Point): string {
  return `(${number(x)},${number(y)})`;
}

function statement(shape: Shape, colour: (value: string) => string): string {
  switch (shape.kind) {
    case 'box': {
      const { name, x, y, width, height, radius, fill, stroke, dashed } = shape;
      const size = `minimum width=${number(width * SCALE)}pt, minimum height=${number(height * SCALE)}pt`;
      const look = `draw=${colour(stroke)}, fill=${colour(fill)}, rounded corners=${number(radius * SCALE)}pt${dashed ? ', dashed' : ''}`;
      // A node of TikZ has a name: further arrows can be drawn to it by hand.
      const safe = name.replace(/[^A-Za-z0-9-]/g, '-');
      return `\\node[${look}, ${size}, inner sep=0pt] (${safe}) at ${point({ x: x + width / 2, y: y + height / 2 })} {};`;
    }
    case 'path': {
      const { from, segments, stroke, width, arrow, dashed } = shape;
      const way = segments
        .map((one) =>
          one.kind === 'line'
            ? ` -- ${point(one.to)}`
            : ` .. controls ${point(one.first)} and ${point(one.second)} .. ${point(one.to)}`,
        )
        .join('');
      const look = [
        `draw=${colour(stroke)}`,
        `line width=${number(width * SCALE)}pt`,
        ...(arrow ? ['-Latex'] : []),
        ...(dashed ? ['dashed'] : []),
      ];
      return `\\path[${look.join(', ')}] ${point(from)}${way};`;
    }
    case 'text': {
      const { at, text, size, bold, anchor, colour: ink } = shape;
      const font = `\\fontsize{${number(size * SCALE)}}{${number(size * SCALE * 1.2)}}\\selectfont${bold ? '\\bfseries' : ''}`;
      const words = `anchor=base${anchor === 'start' ? ' west' : ''}, inner sep=0pt, text=${colour(ink)}, font=${font}`;
      return `\\node[${words}] at ${point(at)} {${escape(text)}};`;
    }
  }
}

function coloursOf(shapes: readonly Shape[]): readonly string[] {
  return [
    ...new Set(
      shapes.flatMap((shape) =>
        shape.kind === 'text' ? [shape.colour] : shape.kind === 'box' ? [shape.stroke, shape.fill] : [shape.stroke],
      ),
    ),
  ];
}

/**
 * A figure as a TeX document of its own, on a page of its size; the `tikzpicture` in it can be put into a paper as it is, and
 * takes the paper's sans serif. It needs LaTeX and TikZ, and no font or class beyond.
 */
export function tikzOf({ width, height, shapes }: Figure): string {
  const colours = coloursOf(shapes);
  const colour = (value: string): string => `skipwire${colours.indexOf(value)}`;
  return [
    '\\documentclass{article}',
    `\\usepackage[paperwidth=${number(width * SCALE + 2)}pt, paperheight=${number(height * SCALE + 2)}pt, margin=0pt]{geometry}`,
    '\\usepackage{tikz}',
    '\\pagestyle{empty}',
    '\\setlength{\\parindent}{0pt}',
    '\\setlength{\\topskip}{0pt}',
    '\\renewcommand{\\familydefault}{\\sfdefault}',
    '\\usetikzlibrary{arrows.meta}',
    ...colours.map((value) => `\\definecolor{${colour(value)}}{HTML}{${value.slice(1).toUpperCase()}}`),
    '\\begin{document}',
    `\\begin{tikzpicture}[x=${SCALE}pt, y=-${SCALE}pt]`,
    `  \\useasboundingbox (0,0) rectangle ${point({ x: width, y: height })};`,
    ...shapes.map((shape) => `  ${statement(shape, colour)}`),
    '\\end{tikzpicture}',
    '\\end{document}',
    '',
  ].join('\n');
}
