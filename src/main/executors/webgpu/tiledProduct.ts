import { groupShader, type ParameterType, type Shader, type ShaderType } from './shader.ts';

/** An operand of a product whose elements are computed on the fly, such as the patches of an image. */
export interface Operand {
  /**
   * WGSL of `fn left(m: u32, k: u32, z: u32) -> f32` or `fn right(k: u32, n: u32, z: u32) -> f32`, asked for elements inside the
   * operand only; with `vector`, of a function to `vec4<f32>` that gives four neighbours in memory.
   */
  readonly code: string;
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
  tiling(16, 16, 8, 8, 1),
  tiling(16, 16, 8, 4, 0.85),
  tiling(16, 16, 4, 4, 0.65),
  tiling(16, 8, 8, 4, 0.65),
  tiling(32, 4, 4, 4, 0.45),
  tiling(8, 8, 4, 4, 0.4),
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
 * time. The inner axis may be cut into parts (`p.partLength` long), each of which is written to a result of its own.
 */
export function tiledShader(product: TiledProduct, { rowThreads, columnThreads, rowEach, columnEach }: Tiling): Shader {
  const { left, right, vectorResult } = product;
  const [tileRows, tileColumns] = [rowThreads * rowEach, columnThreads * columnEach];
  const threads = rowThreads * columnThreads;
  const [leftWidth, rightWidth] = [tileRows / 4, tileColumns / 4];
  const rowBlocks = numbers(rowEach / 4);
  const columnBlocks = numbers(columnEach / 4);
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
${product.rows === undefined ? '' : `const NO_ROW = 0xffffffffu;\n${product.rows}`}
${fourOf('left', left)}
${fourOf('right', right)}`,
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
${rowBlocks
  .map((h) =>
    numbers(4)
      .map((i) => columnBlocks.map((g) => `  var sum${h}${i}${g} = vec4<f32>();`).join('\n'))
      .join('\n'),
  )
  .join('\n')}
  for (var k0 = begin; k0 < end; k0 += ${DEPTH}u) {
${fill('left', left, leftWidth, 'row0', threads)}
${fill('right', right, rightWidth, 'column0', threads)}
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
${rowBlocks.map((h) => `      let a${h} = left_tile[k * ${leftWidth}u + row + ${h * rowThreads}u];`).join('\n')}
${columnBlocks.map((g) => `      let b${g} = right_tile[k * ${rightWidth}u + column + ${g * columnThreads}u];`).join('\n')}
${rowBlocks
  .map((h) =>
    numbers(4)
      .map((i) => columnBlocks.map((g) => `      sum${h}${i}${g} += a${h}[${i}] * b${g};`).join('\n'))
      .join('\n'),
  )
  .join('\n')}
    }
    workgroupBarrier();
  }
${rowBlocks
  .map((h) =>
    numbers(4)
      .map((i) =>
        columnBlocks
          .map(
            (g) => `  {
    let m = row0 + (row + ${h * rowThreads}u) * 4u + ${i}u;
    let n = column0 + (column + ${g * columnThreads}u) * 4u;
    let start = ${product.rows === undefined ? 'm * p.rowStride' : 'row_of(m, z)'};
    let at = base + start + n;
    if (m < p.rows${product.rows === undefined ? '' : ' && start != NO_ROW'}) {
${
  vectorResult
    ? `      if (n < p.columns) { result[at / 4u] = sum${h}${i}${g}; }`
    : numbers(4)
        .map((c) => `      if (n + ${c}u < p.columns) { result[at + ${c}u] = sum${h}${i}${g}[${c}]; }`)
        .join('\n')
}
    }
  }`,
          )
          .join('\n'),
      )
      .join('\n'),
  )
  .join('\n')}`,
  });
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** A function for four neighbours of an operand, zero where they lie outside; `outer` is `m` or `n`. */
function fourOf(name: 'left' | 'right', { alongInner, vector }: Operand): string {
  const limit = name === 'left' ? 'p.rows' : 'p.columns';
  const asked = (outer: string, inner: string): string =>
    name === 'left' ? `left(${outer}, ${inner}, z)` : `right(${inner}, ${outer}, z)`;
  const inside = `outer < ${limit} && inner < end`;
  const body = vector
    ? `if (${inside}) { four = ${asked('outer', 'inner')}; }`
    : numbers(4)
        .map((c) => {
          const [o, i] = alongInner ? ['outer', `inner + ${c}u`] : [`outer + ${c}u`, 'inner'];
          return `if (${o} < ${limit} && ${i} < end) { four[${c}] = ${asked(o, i)}; }`;
        })
        .join('\n  ');
  return `fn four_${name}(outer: u32, inner: u32, end: u32, z: u32) -> vec4<f32> {
  var four = vec4<f32>();
  ${body}
  return four;
}`;
}

/** Fills a tile: each thread loads blocks of four by four, and turns those that lie the other way in memory. */
function fill(name: 'left' | 'right', { alongInner }: Operand, width: number, origin: string, threads: number): string {
  const place = alongInner
    ? `let inner = unit % ${DEPTH / 4}u * 4u; let outer = unit / ${DEPTH / 4}u;`
    : `let outer = unit % ${width}u; let inner = unit / ${width}u * 4u;`;
  const loads = numbers(4).map((c) =>
    alongInner
      ? `let f${c} = four_${name}(${origin} + outer * 4u + ${c}u, k0 + inner, end, z);`
      : `let f${c} = four_${name}(${origin} + outer * 4u, k0 + inner + ${c}u, end, z);`,
  );
  const stores = numbers(4).map((c) => {
    const value = alongInner ? `vec4<f32>(f0[${c}], f1[${c}], f2[${c}], f3[${c}])` : `f${c}`;
    return `${name}_tile[(inner + ${c}u) * ${width}u + outer] = ${value};`;
  });
  return `    for (var unit = local; unit < ${(width * DEPTH) / 4}u; unit += ${threads}u) {
      ${place}
      ${[...loads, ...stores].join('\n      ')}
    }`;
}

/** Workgroups that fill a large GPU, and how many of them are enough to leave the inner axis whole. */
const WORKGROUPS_WANTED = 264;
const WORKGROUPS_ENOUGH = 120;
/** The shortest part of the inner axis that is worth a workgroup of its own. */
const SHORTEST_PART = 8 * DEPTH;

function partsOf({ inner }: ProductSize, tiles: number): { readonly partLength: number; readonly parts: number } {
  const wanted = tiles >= WORKGROUPS_ENOUGH ? 1 : Math.ceil(WORKGROUPS_WANTED / tiles);
  const partLength = DEPTH * Math.ceil(inner / Math.min(wanted, Math.ceil(inner / SHORTEST_PART)) / DEPTH);
  return { partLength, parts: Math.ceil(inner / partLength) };
}

function tilesOf({ rows, columns }: ProductSize, { rowThreads, columnThreads, rowEach, columnEach }: Tiling) {
  const [tileRows, tileColumns] = [rowThreads * rowEach, columnThreads * columnEach];
  const [rowTiles, columnTiles] = [Math.ceil(rows / tileRows), Math.ceil(columns / tileColumns)];
  return { rowTiles, columnTiles, elements: rowTiles * columnTiles * tileRows * tileColumns };
}

/** The sizes of a call: how the inner axis is cut so that the device has enough to do, the parameters and the grid. */
export function planProduct(size: ProductSize, tiling: Tiling, most: number) {
  const { rows, columns, inner, depth, rowStride, depthStride } = size;
  const { rowTiles, columnTiles } = tilesOf(size, tiling);
  const { partLength, parts } = partsOf(size, rowTiles * columnTiles * depth);
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

/** The tiles that suit a product: fast ones that are full, and enough of them for every processor of the device. */
export function tilingFor(size: ProductSize): Tiling {
  const scoreOf = (tiling: Tiling): number => {
    const { rowTiles, columnTiles, elements } = tilesOf(size, tiling);
    const tiles = rowTiles * columnTiles * size.depth;
    const { parts } = partsOf(size, tiles);
    const busy = Math.min(1, (tiles * parts) / WORKGROUPS_ENOUGH);
    return tiling.speed * ((size.rows * size.columns) / elements) * busy * (parts > 1 ? 0.9 : 1);
  };
  return tilings.reduce((best, tiling) => (scoreOf(tiling) > scoreOf(best) ? tiling : best));
}
