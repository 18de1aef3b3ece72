/** What the set-up scripts need of the product: they are plain JavaScript and load the build of this file. */
export { problemOf } from '../files/hostFailure.ts';
export { ensureEngine } from './ensureEngine.ts';
export { shipInstalledAddon } from './prebuiltAddon.ts';
export { installEngine } from './installEngine.ts';
export { userCacheFolder } from './userCacheFolder.ts';
