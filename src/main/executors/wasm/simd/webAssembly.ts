/** A memory of WebAssembly; its buffer is another one after it has grown. */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WebAssemblyGlobal {
  validate(bytes: Uint8Array): boolean;
  readonly Memory: new (descriptor: { readonly initial: number; readonly maximum?: number }) => WebAssemblyMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: WebAssemblyMemory } },
  ) => { readonly exports: object };
}

/** What we use of WebAssembly: the types of Node leave it to those of the DOM, which the host does not have. */
export const { WebAssembly: webAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyGlobal };
