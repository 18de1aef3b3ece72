import { z } from 'zod';
import type { PublishedFile } from '../files/downloadFile.ts';
import type { WheelOrder } from './downloadWheel.ts';
import type { PackageIndex } from './packageIndex.ts';
import { compareVersions, isInRange, knowsRange } from './versionRange.ts';
import { parseWheelName } from './wheelName.ts';

/** A wheel of an index. */
export interface PublishedWheel extends PublishedFile {
  readonly name: string;
  readonly version: string;
  /** Bytes of it, where the index says so. */
  readonly size?: number;
}

interface ListedFile {
  readonly name: string;
  readonly url: string;
  readonly sha256: string | undefined;
  readonly bytes?: number | undefined;
  /** Withdrawn by its publisher: to be had by its exact version alone. */
  readonly yanked: boolean;
}

/** What an index says of a package as JSON. */
const Listing = z.object({
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.record(z.string(), z.string()),
      size: z.number().optional(),
      yanked: z.union([z.boolean(), z.string()]).optional(),
    }),
  ),
});

const PATIENCE = 30_000;
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';
/** Where the index does not say how large a file is, it may be so many times as large as is thought. */
const MOST_TIMES = 4;
const PYTHON = /-(cp311|py3|py2\.py3)-/;

/**
 * The wheel of the newest version in the range for a machine, with its checksum; `undefined` where the index lists none, gives no
 * checksum, cannot be read, or the range is one that only pip understands.
 */
export async function findWheel(
  { url, authorization }: PackageIndex,
  { name, versions, platforms, wheelBytes }: WheelOrder,
  signal?: AbortSignal,
): Promise<PublishedWheel | undefined> {
  if (!knowsRange(versions)) return undefined;
  const own: Readonly<Record<string, string>> = authorization === undefined ? {} : { Authorization: authorization };
  const isExact = versions.startsWith('==');
  const files = await listedFiles(new URL(`${name}/`, url), own, signal).catch(() => []);
  const fitting = files.flatMap((file) => {
    const parsed = parseWheelName(file.name);
    if (parsed?.name !== name || !isInRange(parsed.version, versions) || !PYTHON.test(file.name)) return [];
    const rank = platforms.findIndex(
      (one) => one === 'any' || [one, 'any'].some((tag) => parsed.platforms.includes(tag)),
    );
    const { sha256 } = file;
    if (rank < 0 || sha256 === undefined || (file.yanked && !isExact)) return [];
    return [{ ...file, sha256, rank, version: parsed.version }];
  });
  const [best] = fitting.toSorted((a, b) => compareVersions(b.version, a.version) || a.rank - b.rank);
  if (best === undefined) return undefined;
  // A name and a password are for their own host alone.
  const headers = new URL(best.url).origin === new URL(url).origin ? own : {};
  const checksum = { kind: 'sha256', digest: best.sha256 } as const;
  return {
    ...{ name: best.name, version: best.version, url: best.url, checksum, headers },
    ...(best.bytes !== undefined && { size: best.bytes }),
    bytes: best.bytes ?? MOST_TIMES * wheelBytes,
  };
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
  return Listing.parse(JSON.parse(text)).files.map(({ filename, url: at, hashes, size, yanked = false }) => ({
    name: filename,
    url: new URL(at, response.url).href,
    sha256: hashes['sha256'],
    bytes: size,
    yanked: yanked !== false,
  }));
}

/** Links of a page, whose addresses end with their checksums. */
function linkedFiles(page: string, base: string): readonly ListedFile[] {
  return [...page.matchAll(/<a\b[^>]*>/gi)].flatMap(([tag]) => {
    const [, double, single] = /\bhref=(?:"([^"]*)"|'([^']*)')/i.exec(tag) ?? [];
    const href = (double ?? single ?? '').replaceAll('&amp;', '&');
    if (!URL.canParse(href, base)) return [];
    const url = new URL(href, base);
    const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash)?.[1]?.toLowerCase();
    url.hash = '';
    const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
    return [{ name, url: url.href, sha256, yanked: /\bdata-yanked\b/i.test(tag) }];
  });
}
