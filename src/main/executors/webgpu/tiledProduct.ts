import { groupShader, type ParameterType, type Shader, type ShaderType } from './shader.ts';

/** An operand of a product whose elements are computed on the fly, such as the patches of an image. */
export interface Operand {
  /** What its functions know of a place along the axis that stays, and along the inner one: types of WGSL. */
  readonly outer: string;
  readonly inner: string;
  /**
   * WGSL of `fn left_outer(m: u32, z: u32)` and `fn left_inner(k: u32, z: u32)`, which give those, and of
   * `fn left_at(outer, inner) -> f32`, which is asked for elements inside the operand only; with `vector`, to `vec4<f32>`: four
   * neighbours in memory. For the right operand the names begin with `right`. What is known along the outer axis a thread asks
   * for once.
   */
  readonly code: string;
  /** The name of a function `(z: u32) -> u32` in the code whose value those functions get for `z`. */
  readonly start?: string;
  /** Whether neighbours in memory are neighbours along the inner axis: threads then load so. */
  readonly alongInner: boolean;
  /** Whether rows of neighbours have a multiple of four elements, which are then loaded together. */
  readonly vector: boolean;
}

/** A product of matrices whose elements are computed on the fly. */
export interface TiledProduct {
  readonly name: string;
  readonly reads: Readonly<Record<string, ShaderType>>;
  readonly parameters?: Readonly<Record<string, ParameterType>>;
  readonly declarations?: string;
  readonly left: Operand;
  readonly right: Operand;
  /** Whether the rows of the result have a multiple of four elements. */
  readonly vectorResult: boolean;
  /** WGSL of `fn inner_of(z: u32) -> u32` where products of one result have inner axes of their own, up to that of the size. */
  readonly inner?: string;
  /**
   * WGSL of `fn row_of(m: u32, z: u32) -> u32`, where row `m` of product `z` begins in the result or `NO_ROW`; where it is left out,
   * rows lie as the size says.
   */
  readonly rows?: string;
}

/** Threads of a workgroup along each side of its tile, and the elements of the product that each of them has: multiples of four. */
export interface Tiling {
  readonly rowThreads: number;
  readonly columnThreads: number;
  readonly rowEach: number;
  readonly columnEach: number;
  /** How fast a device computes such a tile, the fastest being 1: the more each thread has, the less it loads for each. */
  readonly speed: number;
}

const tiling = (
  rowThreads: number,
  columnThreads: number,
  rowEach: number,
  columnEach: number,
  speed: number,
): Tiling => ({
  ...{ rowThreads, columnThreads, rowEach, columnEach, speed },
});
const tilings: readonly Tiling[] = [
  tiling(8, 8, 8, 8, 1),
  tiling(8, 8, 8, 4, 0.85),
  tiling(8, 8, 4, 8, 0.8),
  tiling(8, 8, 4, 4, 0.7),
  tiling(32, 4, 4, 4, 0.5),
];
/** Along the inner axis. */
const DEPTH = 16;

/** Where and how a product lies in its result: the element `m`, `n` of product `z` at `z * depthStride + m * rowStride + n`. */
export interface ProductSize {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** How many products of this size there are, side by side in one result. */
  readonly depth: number;
  readonly rowStride: number;
  readonly depthStride: number;
  /** Elements of the result, where it has others than those of its products. */
  readonly elements?: number;
}

const sizeParameters = {
  rows: 'u32',
  columns: 'u32',
  inner: 'u32',
  parts: 'u32',
  partLength: 'u32',
  rowStride: 'u32',
  depthStride: 'u32',
  partStride: 'u32',
  firstDepth: 'u32',
} satisfies Record<string, ParameterType>;

/**
 * A shader for the product, tile by tile through the memory that a workgroup shares, which it fills and reads four elements at a
 * time. While it computes with one tile, the elements of the next are on their way. The inner axis may be cut into parts
 * (`p.partLength` long), each of which is written to a result of its own. `unrolled` writes out the steps along a tile: a graphics
 * processor gets through them a third faster, and software takes long to compile them.
 */
export function tiledShader(product: TiledProduct, tiling: Tiling, unrolled: boolean): Shader {
  const { rowThreads, columnThreads, rowEach, columnEach } = tiling;
  const { left, right, vectorResult } = product;
  const [tileRows, tileColumns] = [rowThreads * rowEach, columnThreads * columnEach];
  const threads = rowThreads * columnThreads;
  const [leftWidth, rightWidth] = [tileRows / 4, tileColumns / 4];
  const rowBlocks = numbers(rowEach / 4);
  const columnBlocks = numbers(columnEach / 4);
  const fills = [fill('left', left, leftWidth, 'row0', threads), fill('right', right, rightWidth, 'column0', threads)];
  const load = (k: string) => lines(fills.map((one) => one.load(k)));
  /** For each of the sums of a thread: four neighbours in a row. */
  const sums = (line: (h: number, i: number, g: number) => string): string =>
    lines(rowBlocks.flatMap((h) => numbers(4).flatMap((i) => columnBlocks.map((g) => line(h, i, g)))));
  const step = (k: string): string => `
${lines(rowBlocks.map((h) => `      let a${h} = left_tile[${tileIndex(k, leftWidth, 'row', left)} + ${h * rowThreads}u];`))}
${lines(columnBlocks.map((g) => `      let b${g} = right_tile[${tileIndex(k, rightWidth, 'column', right)} + ${g * columnThreads}u];`))}
${sums((h, i, g) => `      sum${h}${i}${g} += a${h}[${i}] * b${g};`)}`;
  return groupShader({
    name: product.name,
    reads: product.reads,
    writes: { result: vectorResult ? 'vec4<f32>' : 'f32' },
    parameters: { ...sizeParameters, ...product.parameters },
    threads,
    declarations: `
var<workgroup> left_tile: array<vec4<f32>, ${leftWidth * DEPTH}>;
var<workgroup> right_tile: array<vec4<f32>, ${rightWidth * DEPTH}>;
${product.declarations ?? ''}
${left.code}
${right.code}
${product.inner ?? ''}
${product.rows === undefined ? '' : `const NO_ROW = 0xffffffffu;\n${product.rows}`}`,
    body: `
  let z = (group.z + p.firstDepth) / p.parts;
  let part = (group.z + p.firstDepth) % p.parts;
  let begin = part * p.partLength;
  let end = min(begin + p.partLength, ${product.inner === undefined ? 'p.inner' : 'inner_of(z)'});
  // More tiles of rows than one dimension of the grid takes go on in the other.
  let columnTiles = (p.columns + ${tileColumns - 1}u) / ${tileColumns}u;
  let row0 = (group.x / columnTiles * groups.y + group.y) * ${tileRows}u;
  let column0 = group.x % columnTiles * ${tileColumns}u;
  let base = part * p.partStride${product.rows === undefined ? ' + z * p.depthStride' : ''};
  let row = local / ${columnThreads}u;
  let column = local % ${columnThreads}u;
  let left_z = ${left.start === undefined ? 'z' : `${left.start}(z)`};
  let right_z = ${right.start === undefined ? 'z' : `${right.start}(z)`};
${sums((h, i, g) => `  var sum${h}${i}${g} = vec4<f32>();`)}
${lines(fills.map((one) => one.declarations))}
${unrolled ? load('begin') : ''}
  for (var k0 = begin; k0 < end; k0 += ${DEPTH}u) {
${unrolled ? '' : load('k0')}
${lines(fills.map((one) => one.store))}
    workgroupBarrier();
${unrolled ? load(`k0 + ${DEPTH}u`) : ''}
${
  unrolled
    ? lines(numbers(DEPTH).map((k) => `    {${step(`${k}u`)}\n    }`))
    : `    for (var k = 0u; k < ${DEPTH}u; k++) {${step('k')}\n    }`
}
    workgroupBarrier();
  }
${sums(
  (h, i, g) => `  {
    let m = row0 + (row + ${h * rowThreads}u) * 4u + ${i}u;
    let n = column0 + (column + ${g * columnThreads}u) * 4u;
    let start = ${product.rows === undefined ? 'm * p.rowStride' : 'row_of(m, z)'};
    let at = base + start + n;
    if (m < p.rows${product.rows === undefined ? '' : ' && start != NO_ROW'}) {
${
  vectorResult
    ? `      if (n < p.columns) { result[at / 4u] = sum${h}${i}${g}; }`
    : lines(numbers(4).map((c) => `      if (n + ${c}u < p.columns) { result[at + ${c}u] = sum${h}${i}${g}[${c}]; }`))
}
    }
  }`,
)}`,
  });
}

const lines = (list: readonly string[]): string => list.join('\n');

/** Places of four elements among which rows of a tile are shuffled: as many as the memory of a workgroup gives at once. */
const SHUFFLED = 8;

/**
 * Where four elements of a tile lie. Where blocks are turned while a tile is filled, rows are shuffled, so that threads that store
 * together do not meet in one bank of the memory.
 */
function tileIndex(k: string, width: number, outer: string, { alongInner }: Operand): string {
  const shuffles = alongInner && width % SHUFFLED === 0;
  return `${k} * ${width}u + ${shuffles ? `((${outer}) ^ (((${k} >> 2u) & ${DEPTH / 4 - 1}u) << 1u))` : outer}`;
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** How a thread loads four neighbours of an operand, zero where they lie outside, into a variable. */
function fourOf(name: 'left' | 'right', { alongInner, vector }: Operand, variable: string, outer: string) {
  const limit = name === 'left' ? 'p.rows' : 'p.columns';
  const asked = (known: string, k: string): string => `${name}_at(${known}, ${name}_inner(${k}, ${name}_z))`;
  const inside = vector
    ? `if (${variable}_in && k < end) { ${variable} = ${asked(`${variable}_known`, 'k')}; }`
    : alongInner
      ? lines(
          numbers(4).map(
            (c) =>
              `if (${variable}_in && k + ${c}u < end) { ${variable}[${c}] = ${asked(`${variable}_known`, `k + ${c}u`)}; }`,
          ),
        )
      : // Neighbours along the outer axis that are loaded one by one are places of their own.
        `if (k < end) {
${lines(
  numbers(4).map((c) => {
    const known = `${name}_outer(${variable}_place + ${c}u, ${name}_z)`;
    return `        if (${variable}_place + ${c}u < ${limit}) { ${variable}[${c}] = ${asked(known, 'k')}; }`;
  }),
)}
      }`;
  return {
    declarations: `  var ${variable} = vec4<f32>();
  let ${variable}_place = ${outer};${
    vector || alongInner
      ? `
  let ${variable}_in = ${variable}_place < ${limit};
  let ${variable}_known = ${name}_outer(${variable}_place, ${name}_z);`
      : ''
  }`,
    load: `      ${variable} = vec4<f32>();
      ${inside}`,
  };
}

/**
 * Fills a tile: each thread loads rows of four into variables of its own, or blocks of four by four that it turns where they lie the
 * other way in memory, and stores them later.
 */
function fill(name: 'left' | 'right', operand: Operand, width: number, origin: string, threads: number) {
  const { alongInner } = operand;
  const count = (width * DEPTH) / (alongInner ? 4 : 1);
  const perRow = alongInner ? DEPTH / 4 : width;
  if (threads % perRow !== 0) throw new Error('Threads fill a tile row by row');
  const rounds = numbers(Math.ceil(count / threads)).map((round) => {
    const first = round * threads;
    const [near, far] = [`(local % ${perRow}u)`, `(local / ${perRow}u + ${first / perRow}u)`];
    const [inner, outer] = alongInner ? [`${near} * 4u`, far] : [far, near];
    const names = numbers(alongInner ? 4 : 1).map((c) => `${name}${round}${c}`);
    const fours = names.map((variable, c) => fourOf(name, operand, variable, `${origin} + ${outer} * 4u + ${c}u`));
    const values = alongInner
      ? numbers(4).map((c) => `vec4<f32>(${names.map((variable) => `${variable}[${c}]`).join(', ')})`)
      : names;
    const guard = first + threads <= count ? '' : `if (local < ${count - first}u) `;
    return {
      declarations: lines(fours.map((four) => four.declarations)),
      load: (k: string): string => `    ${guard}{
      let k = ${k} + ${inner};
${lines(fours.map((four) => four.load))}
    }`,
      store: `    ${guard}{
      let inner = ${inner};
${lines(values.map((value, c) => `      ${name}_tile[${tileIndex(`(inner + ${c}u)`, width, outer, operand)}] = ${value};`))}
    }`,
    };
  });
  return {
    declarations: lines(rounds.map((round) => round.declarations)),
    load: (k: string): string => lines(rounds.map((round) => round.load(k))),
    store: lines(rounds.map((round) => round.store)),
  };
}

/*
 * What decides how a product is cut, from measurements on an NVIDIA H100 (ADR 49): how fast a full device computes, in
 * multiplications a nanosecond; the workgroups of 64 threads at which it reaches half of that; and what the results of parts cost
 * that must be joined, in bytes a nanosecond and nanoseconds of a further call.
 */
const FULL_SPEED = 21_000;
const HALF_FULL = 190;
const BYTES = 2500;
const FURTHER_CALL = 3000;
/** The shortest part of the inner axis that is worth a workgroup of its own, and the most parts. */
const SHORTEST_PART = 8 * DEPTH;
const MOST_PARTS = 64;

interface ProductCut {
  readonly tiling: Tiling;
  readonly parts: number;
  /** Nanoseconds that it is thought to take. */
  readonly cost: number;
}

function costOf(size: ProductSize, tiling: Tiling, parts: number): number {
  const { rowTiles, columnTiles, elements } = tilesOf(size, tiling);
  const groups = (rowTiles * columnTiles * size.depth * parts * tiling.rowThreads * tiling.columnThreads) / 64;
  const inner = DEPTH * parts * Math.ceil(size.inner / parts / DEPTH);
  const computing = (elements * size.depth * inner * (groups + HALF_FULL)) / (groups * tiling.speed * FULL_SPEED);
  const joining = (4 * size.rows * size.columns * size.depth * (2 * parts + 1)) / BYTES + FURTHER_CALL;
  return computing + (parts > 1 ? joining : 0);
}

/** The tiles and the parts of the inner axis with which a product takes the least time. */
export function cutOf(size: ProductSize): ProductCut {
  const most = Math.min(MOST_PARTS, Math.max(1, Math.floor(size.inner / SHORTEST_PART)));
  let best: ProductCut | undefined;
  for (const one of tilings) {
    for (let parts = 1; parts <= most; parts++) {
      const cost = costOf(size, one, parts);
      if (best === undefined || cost < best.cost) best = { tiling: one, parts, cost };
    }
  }
  if (best === undefined) throw new Error('There are tiles for every product');
  return best;
}

function tilesOf({ rows, columns }: ProductSize, { rowThreads, columnThreads, rowEach, columnEach }: Tiling) {
  const [tileRows, tileColumns] = [rowThreads * rowEach, columnThreads * columnEach];
  const [rowTiles, columnTiles] = [Math.ceil(rows / tileRows), Math.ceil(columns / tileColumns)];
  return { rowTiles, columnTiles, elements: rowTiles * columnTiles * tileRows * tileColumns };
}

/** The sizes of a call: the parts of the inner axis, the parameters and the grid. */
export function planProduct(size: ProductSize, { tiling, parts: wanted }: ProductCut, most: number) {
  const { rows, columns, inner, depth, rowStride, depthStride } = size;
  const { rowTiles, columnTiles } = tilesOf(size, tiling);
  const partLength = DEPTH * Math.ceil(inner / wanted / DEPTH);
  const parts = Math.max(1, Math.ceil(inner / partLength));
  const elements = size.elements ?? rows * columns * depth;
  const y = Math.min(rowTiles, most);
  const x = columnTiles * Math.ceil(rowTiles / y);
  const layers = depth * parts;
  return {
    parts,
    // More layers than the last dimension of a grid takes are computed one grid after another.
    grids: Array.from({ length: Math.ceil(layers / most) }, (_, i) => ({
      parameters: [rows, columns, inner, parts, partLength, rowStride, depthStride, elements, i * most],
      workgroups: [x, y, Math.min(most, layers - i * most)] as const,
    })),
  };
}
