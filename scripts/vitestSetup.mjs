import { build } from './build.mjs';

/** Tests start the real programs of dist: what they run must be what the sources say. */
export async function setup() {
  // What is fastest on this machine today is no matter of chance for a test; those about choosing make their own registry.
  process.env['SKIPWIRE_ENGINE'] ??= 'tensorflow';
  await build();
}
