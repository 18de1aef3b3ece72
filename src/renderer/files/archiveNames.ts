/** A comment behind an archive has at most 65 535 bytes. */
const LAST_RECORD = 22 + 65_535;
/** A list of names is a small part of any archive. */
const LARGEST_LIST = 64 * 1024 * 1024;

/** The names of the members of a zip archive, without reading what is in them; none where it is no archive. */
export async function archiveNames(file: Blob): Promise<readonly string[]> {
  const tail = await viewOf(file.slice(Math.max(0, file.size - LAST_RECORD)));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return [];
  const [size, start] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (size > LARGEST_LIST || start + size > file.size) return [];
  const list = await viewOf(file.slice(start, start + size));
  const names: string[] = [];
  for (let at = 0; at + 46 <= size && list.getUint32(at, true) === 0x02014b50;) {
    const [name, extra, comment] = [28, 30, 32].map((field) => list.getUint16(at + field, true));
    const length = Math.min(name ?? 0, size - at - 46);
    names.push(new TextDecoder().decode(new Uint8Array(list.buffer, at + 46, length)));
    at += 46 + length + (extra ?? 0) + (comment ?? 0);
  }
  return names;
}

async function viewOf(part: Blob): Promise<DataView<ArrayBuffer>> {
  return new DataView(await part.arrayBuffer());
}
