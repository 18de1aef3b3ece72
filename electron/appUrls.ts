import { APP_ORIGIN, GPU_ORIGIN } from '../src/contract/pageDelivery.ts';

/** The scheme and host the editor's page is served under; a scheme of its own has an origin, which `file:` has not. */
export const [APP_SCHEME = '', APP_HOST = ''] = APP_ORIGIN.split('://');
export const APP_START = `${APP_SCHEME}://${APP_HOST}/index.html`;
/** The page that computes on the graphics processor: the same scheme, and an origin of its own. */
export const GPU_PAGE_START = `${GPU_ORIGIN}/index.html`;
const [, GPU_HOST = ''] = GPU_ORIGIN.split('://');

/** Whether an address belongs to the editor itself. */
export function isAppUrl(address: string): boolean {
  return isOfHost(address, APP_HOST);
}

/** Whether an address belongs to the page that computes on the graphics processor. */
export function isGpuUrl(address: string): boolean {
  return isOfHost(address, GPU_HOST);
}

function isOfHost(address: string, host: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === `${APP_SCHEME}:` && url.host === host && url.username === '' && url.password === '';
}

/** Whether a link may be handed to the system's browser: only plain web addresses, never a program or a file. */
export function isSafeExternal(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === 'https:' && url.username === '' && url.password === '';
}
