/** Philox4x32-10, as `random/philox.ts` in the engine lays it out: the fourth counter word 0 is that of programs. */
export function randomUniform(seed0: u32, seed1: u32, stream: u32, y: usize, count: i32): void {
  for (let block: u32 = 0; count > 0; block++) {
    let a = block, b: u32 = 0, c = stream, d: u32 = 0;
    let key0 = seed0, key1 = seed1;
    for (let round = 0; round < 10; round++) {
      const product0 = <u64>a * 0xd2511f53, product1 = <u64>c * 0xcd9e8d57;
      a = <u32>(product1 >> 32) ^ b ^ key0;
      b = <u32>product1;
      c = <u32>(product0 >> 32) ^ d ^ key1;
      d = <u32>product0;
      key0 += 0x9e3779b9;
      key1 += 0xbb67ae85;
    }
    put(y, a);
    if (count > 1) put(y + 4, b);
    if (count > 2) put(y + 8, c);
    if (count > 3) put(y + 12, d);
    y += 16;
    count -= 4;
  }
}

/** The low 23 bits as a fraction. */
@inline
function put(to: usize, word: u32): void {
  store<f32>(to, <f32>(word & 0x7fffff) * <f32>(1.0 / 8388608.0));
}
