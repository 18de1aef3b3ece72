/** What a wheel's RECORD says of one of its files. */
export interface RecordedFile {
  /** SHA-256, base64url without padding, as RECORD has it. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Reads a wheel's RECORD: lines of `path,sha256=<base64url>,<bytes>` as CSV. Lines without a hash (RECORD itself) are
 * left out.
 */
export function parseWheelRecord(text: string): Map<string, RecordedFile> {
  const files = new Map<string, RecordedFile>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^(?:"((?:[^"]|"")*)"|([^,]*)),sha256=([\w-]+)=*,(\d+)$/.exec(line);
    if (match === null) continue;
    const [, quoted, plain, sha256 = '', bytes = ''] = match;
    files.set(quoted?.replaceAll('""', '"') ?? plain ?? '', { sha256, bytes: Number(bytes) });
  }
  return files;
}
