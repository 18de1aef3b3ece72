import { groupShader, type ParameterType, type Shader, type ShaderType } from './shader.ts';

/** A product of matrices whose elements are computed on the fly, such as the patches of an image times a kernel. */
export interface TiledProduct {
  readonly name: string;
  readonly reads: Readonly<Record<string, ShaderType>>;
  readonly parameters?: Readonly<Record<string, ParameterType>>;
  /** WGSL of `fn left(m: u32, k: u32, z: u32) -> f32`, asked for `m < p.rows` and `k < p.inner` only. */
  readonly left: string;
  /** WGSL of `fn right(k: u32, n: u32, z: u32) -> f32`, asked for `k < p.inner` and `n < p.columns` only. */
  readonly right: string;
  /** Whether neighbours in memory are neighbours along the inner axis: threads then load so. */
  readonly leftAlongInner: boolean;
  readonly rightAlongInner: boolean;
}

/** Sizes of the tiles of a product: a workgroup of `side * side` threads, each with `each * each` elements of the product. */
export interface Tiling {
  readonly side: number;
  readonly each: number;
}

/** For products that fill the device; each element loaded is used 64 times. */
export const LARGE_TILES: Tiling = { side: 16, each: 4 };
/** For smaller ones: more workgroups. */
export const SMALL_TILES: Tiling = { side: 8, each: 4 };
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
} satisfies Record<string, ParameterType>;

/**
 * A shader for the product, tile by tile through the memory that a workgroup shares. The inner axis may be cut into parts
 * (`p.partLength` long), each of which is written to a result of its own.
 */
export function tiledShader(product: TiledProduct, { side, each }: Tiling): Shader {
  const tile = side * each;
  const threads = side * side;
  const loads = (tile * DEPTH) / threads;
  const cells = Array.from({ length: each }, (_, i) => i);
  const load = (along: boolean): string =>
    along
      ? `let outer = slot / ${DEPTH}u; let inner = slot % ${DEPTH}u;`
      : `let outer = slot % ${tile}u; let inner = slot / ${tile}u;`;
  return groupShader({
    name: product.name,
    reads: product.reads,
    writes: { result: 'f32' },
    parameters: { ...sizeParameters, ...product.parameters },
    threads,
    declarations: `
var<workgroup> left_tile: array<f32, ${tile * DEPTH}>;
var<workgroup> right_tile: array<f32, ${tile * DEPTH}>;
${product.left}
${product.right}`,
    body: `
  let z = group.z / p.parts;
  let part = group.z % p.parts;
  let begin = part * p.partLength;
  let end = min(begin + p.partLength, p.inner);
  // More tiles of rows than one dimension of the grid takes go on in the other.
  let columnTiles = (p.columns + ${tile - 1}u) / ${tile}u;
  let row0 = (group.x / columnTiles * groups.y + group.y) * ${tile}u;
  let column0 = group.x % columnTiles * ${tile}u;
  let base = part * p.partStride + z * p.depthStride;
  let row = local / ${side}u;
  let column = local % ${side}u;
${cells.map((i) => `  var sum${i} = array<f32, ${each}>();`).join('\n')}
  for (var k0 = begin; k0 < end; k0 += ${DEPTH}u) {
    for (var j = 0u; j < ${loads}u; j++) {
      let slot = j * ${threads}u + local;
      {
        ${load(product.leftAlongInner)}
        var value = 0.0;
        if (row0 + outer < p.rows && k0 + inner < end) { value = left(row0 + outer, k0 + inner, z); }
        left_tile[inner * ${tile}u + outer] = value;
      }
      {
        ${load(product.rightAlongInner)}
        var value = 0.0;
        if (column0 + outer < p.columns && k0 + inner < end) { value = right(k0 + inner, column0 + outer, z); }
        right_tile[inner * ${tile}u + outer] = value;
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
      let at = k * ${tile}u;
${cells.map((i) => `      let a${i} = left_tile[at + row * ${each}u + ${i}u];`).join('\n')}
${cells.map((i) => `      let b${i} = right_tile[at + column * ${each}u + ${i}u];`).join('\n')}
${cells.map((i) => cells.map((j) => `      sum${i}[${j}] += a${i} * b${j};`).join('\n')).join('\n')}
    }
    workgroupBarrier();
  }
${cells
  .map((i) =>
    cells
      .map(
        (j) => `  {
    let m = row0 + row * ${each}u + ${i}u;
    let n = column0 + column * ${each}u + ${j}u;
    if (m < p.rows && n < p.columns) { result[base + m * p.rowStride + n] = sum${i}[${j}]; }
  }`,
      )
      .join('\n'),
  )
  .join('\n')}`,
  });
}

/** Workgroups worth having: some for each processor of a large GPU. */
const WORKGROUPS_WANTED = 512;
/** The shortest part of the inner axis that is worth a workgroup of its own. */
const SHORTEST_PART = 8 * DEPTH;

/** The sizes of a call: how the inner axis is cut so that the device has enough to do, the parameters and the grid. */
export function planProduct(size: ProductSize, { side, each }: Tiling, most: number) {
  const { rows, columns, inner, depth, rowStride, depthStride } = size;
  const tile = side * each;
  const [rowTiles, columnTiles] = [Math.ceil(rows / tile), Math.ceil(columns / tile)];
  const wanted = Math.ceil(WORKGROUPS_WANTED / (rowTiles * columnTiles * depth));
  const partLength = DEPTH * Math.ceil(inner / Math.min(wanted, Math.ceil(inner / SHORTEST_PART)) / DEPTH);
  const parts = Math.ceil(inner / partLength);
  const elements = rows * columns * depth;
  const y = Math.min(rowTiles, most);
  return {
    parts,
    parameters: [rows, columns, inner, parts, partLength, rowStride, depthStride, elements],
    workgroups: [columnTiles * Math.ceil(rowTiles / y), y, depth * parts] as const,
  };
}

/** Products with fewer tiles of the large kind than this are cut into small ones. */
const FEW_TILES = 64;

/** The tiles that suit a product. */
export function tilingFor({ rows, columns, depth }: ProductSize): Tiling {
  const tile = LARGE_TILES.side * LARGE_TILES.each;
  const tiles = Math.ceil(rows / tile) * Math.ceil(columns / tile) * depth;
  return columns <= tile / 2 || tiles < FEW_TILES ? SMALL_TILES : LARGE_TILES;
}
