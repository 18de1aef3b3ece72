import type { Pip } from './findPip.ts';
import { runProgram } from './runProgram.ts';

/** Where packages are looked up, as pip would. */
export interface PackageIndex {
  /** Its list of packages, with a slash at the end. */
  readonly url: string;
  /** For every request to it, where its address held a name and a password. */
  readonly authorization?: string;
}

/** Where pip looks when nothing else is said. */
const OF_PIP = 'https://pypi.org/simple/';
/** Settings of pip that say nothing about where packages come from. */
const harmless =
  /^(index-url|config-file|timeout|default-timeout|retries|disable-pip-version-check|no-cache-dir|cache-dir|progress-bar|no-input|no-color|quiet|verbose|require-virtualenv|break-system-packages|root-user-action|user|trusted-host)$/;
/** Later ones win. */
const sections = ['global', 'download', ':env:'];

/**
 * The package index that pip's settings name; `undefined` where they say more than that, such as a proxy, certificates of
 * somebody's own, other places to look: then only pip does what its user wants.
 */
export async function findPackageIndex(pip: Pip | undefined): Promise<PackageIndex | undefined> {
  if (pip === undefined) return packageIndexIn('', process.env);
  const [program, ...before] = pip.command;
  const { code, stdout } = await runProgram(program, [...before, 'config', 'list'], { timeout: 30_000 });
  return code === 0 ? packageIndexIn(stdout, process.env) : undefined;
}

/** The same, out of what `pip config list` has written. */
export function packageIndexIn(
  listed: string,
  environment: Readonly<Partial<Record<string, string>>>,
): PackageIndex | undefined {
  if (Object.keys(environment).some((name) => /^(https?|all)_proxy$/i.test(name) && environment[name] !== '')) {
    return undefined;
  }
  const settings = listed.split(/\r?\n/).flatMap((line) => {
    const [, section = '', key = '', value = ''] = /^([^.=]+)\.([\w-]+)='(.*)'$/.exec(line) ?? [];
    return sections.includes(section) ? [{ section, key, value }] : [];
  });
  if (settings.some(({ key }) => !harmless.test(key))) return undefined;
  const named = settings
    .filter(({ key }) => key === 'index-url')
    .toSorted((a, b) => sections.indexOf(a.section) - sections.indexOf(b.section))
    .at(-1)?.value;
  return indexAt(named ?? OF_PIP);
}

/** The index at an address, which may hold who asks. */
export function indexAt(address: string): PackageIndex | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) return undefined;
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  const who = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url: url.href,
    ...(username !== '' && { authorization: `Basic ${Buffer.from(who).toString('base64')}` }),
  };
}
