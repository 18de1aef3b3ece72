import { build } from './build.mjs';

/** Tests start the real programs of dist: what they run must be what the sources say. */
export async function setup() {
  await build();
}
