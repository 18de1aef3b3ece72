/** What the elements of a buffer are to a shader. */
export type ShaderType = 'f32' | 'i32' | 'u32' | 'vec4<f32>' | 'vec4<u32>';

/** A number that a shader is given with each call. */
export type ParameterType = 'u32' | 'i32' | 'f32';

/** A compute shader, written once for all its calls. */
export interface Shader {
  /** For messages and profiles. */
  readonly name: string;
  readonly code: string;
  readonly parameters: readonly (readonly [name: string, type: ParameterType])[];
  /** Buffers in the order of the bindings: those that are read, then those that are written. */
  readonly reads: number;
  readonly writes: number;
  /** Threads of a workgroup. */
  readonly threads: number;
}

interface ShaderParts {
  readonly name: string;
  readonly reads?: Readonly<Record<string, ShaderType>>;
  /** Buffers that may be read as well: what a shader does to a variable, it does in place. */
  readonly writes: Readonly<Record<string, ShaderType>>;
  readonly parameters?: Readonly<Record<string, ParameterType>>;
  /** WGSL outside the entry point. */
  readonly declarations?: string;
  readonly body: string;
}

/** Threads of a workgroup where each computes an element. */
export const FLAT_THREADS = 64;

/** A shader that computes one element a thread: `i` is its number, below `p.size`. */
export function elementShader(parts: ShaderParts): Shader {
  const body = `
  let i = (group.y * groups.x + group.x) * ${FLAT_THREADS}u + local;
  if (i >= p.size) { return; }
  ${parts.body}`;
  return groupShader({ ...parts, parameters: { size: 'u32', ...parts.parameters }, threads: FLAT_THREADS, body });
}

/** A shader whose workgroups share work: `group` is the place of the workgroup, `local` the number of the thread in it. */
export function groupShader({
  name,
  reads = {},
  writes,
  parameters = {},
  threads,
  declarations = '',
  body,
}: ShaderParts & { readonly threads: number }): Shader {
  const bindings = [
    ...Object.entries(reads).map(([label, type]) => `var<storage, read> ${label}: array<${type}>;`),
    ...Object.entries(writes).map(([label, type]) => `var<storage, read_write> ${label}: array<${type}>;`),
  ];
  const fields = Object.entries(parameters);
  const uniform =
    fields.length === 0
      ? []
      : [
          `struct Parameters { ${fields.map(([label, type]) => `${label}: ${type}`).join(', ')} }`,
          `@group(0) @binding(${bindings.length}) var<uniform> p: Parameters;`,
        ];
  const code = [
    ...bindings.map((line, i) => `@group(0) @binding(${i}) ${line}`),
    ...uniform,
    declarations,
    `@compute @workgroup_size(${threads})`,
    `fn ${ENTRY_POINT}(`,
    '  @builtin(workgroup_id) group: vec3<u32>,',
    '  @builtin(num_workgroups) groups: vec3<u32>,',
    '  @builtin(local_invocation_index) local: u32,',
    `) {${body}\n}`,
  ].join('\n');
  return {
    name,
    code,
    parameters: fields,
    reads: Object.keys(reads).length,
    writes: Object.keys(writes).length,
    threads,
  };
}

export const ENTRY_POINT = 'run';
