import { z } from 'zod';
import type { PublishedFile } from '../files/downloadFile.ts';
import type { WheelOrder } from './downloadWheel.ts';
import type { PackageIndex } from './packageIndex.ts';
import { parseWheelName } from './wheelName.ts';

/** A wheel of an index. */
export interface PublishedWheel extends PublishedFile {
  readonly name: string;
}

interface ListedFile {
  readonly name: string;
  readonly url: string;
  readonly sha256: string | undefined;
  readonly bytes?: number | undefined;
}

/** What an index says of a package as JSON. */
const Listing = z.object({
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.record(z.string(), z.string()),
      size: z.number().optional(),
    }),
  ),
});

const PATIENCE = 30_000;
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';
/** Where the index does not say how large a file is, it may be so many times as large as is thought. */
const MOST_TIMES = 4;
const PYTHON = /-(cp311|py3|py2\.py3)-/;

/**
 * The wheel of an exact version for a machine, with its checksum; `undefined` where the index lists none, gives no checksum,
 * cannot be read, or a range of versions is wanted.
 */
export async function findWheel(
  { url, authorization }: PackageIndex,
  { name, versions, platforms, wheelBytes }: WheelOrder,
  signal?: AbortSignal,
): Promise<PublishedWheel | undefined> {
  const version = /^==([^,]+)$/.exec(versions)?.[1];
  if (version === undefined) return undefined;
  const own: Readonly<Record<string, string>> = authorization === undefined ? {} : { Authorization: authorization };
  const files = await listedFiles(new URL(`${name}/`, url), own, signal).catch(() => []);
  for (const platform of platforms) {
    const file = files.find((one) => {
      const parsed = parseWheelName(one.name);
      const isRight = parsed?.name === name && parsed.version === version && PYTHON.test(one.name);
      return isRight && (platform === 'any' || parsed.platforms.includes(platform));
    });
    if (file?.sha256 === undefined) continue;
    // A name and a password are for their own host alone.
    const headers = new URL(file.url).origin === new URL(url).origin ? own : {};
    const checksum = { kind: 'sha256', digest: file.sha256 } as const;
    return { name: file.name, url: file.url, checksum, bytes: file.bytes ?? MOST_TIMES * wheelBytes, headers };
  }
  return undefined;
}

async function listedFiles(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<readonly ListedFile[]> {
  const response = await fetch(url, {
    headers: { ...headers, Accept: `${JSON_TYPE}, text/html;q=0.5` },
    signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), ...(signal === undefined ? [] : [signal])]),
  });
  if (!response.ok) return [];
  const text = await response.text();
  if (!(response.headers.get('content-type') ?? '').startsWith(JSON_TYPE)) return linkedFiles(text, response.url);
  return Listing.parse(JSON.parse(text)).files.map(({ filename, url: at, hashes, size }) => ({
    name: filename,
    url: new URL(at, response.url).href,
    sha256: hashes['sha256'],
    bytes: size,
  }));
}

/** Links of a page, whose addresses end with their checksums. */
function linkedFiles(page: string, base: string): readonly ListedFile[] {
  return [...page.matchAll(/<a\b[^>]*\bhref=(?:"([^"]*)"|'([^']*)')/gi)].flatMap(([, double, single]) => {
    const href = (double ?? single ?? '').replaceAll('&amp;', '&');
    if (!URL.canParse(href, base)) return [];
    const url = new URL(href, base);
    const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash)?.[1]?.toLowerCase();
    url.hash = '';
    const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    return [{ name, url: url.href, sha256 }];
  });
}
