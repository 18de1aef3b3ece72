import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

export interface WheelOptions {
  /** Folder of RECORD in the wheel, such as `tensorflow_cpu-2.21.0.dist-info`. */
  readonly information: string;
  /** Content by path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Paths whose bytes are changed after RECORD was written. */
  readonly tampered?: readonly string[];
}

/** Writes a real wheel: a deflated zip with a RECORD. Returns its SHA-256 in hexadecimal. */
export function writeWheel(file: string, { information, files, tampered = [] }: WheelOptions): string {
  const record = Object.entries(files).map(
    ([name, content]) => `${name},sha256=${createHash('sha256').update(content).digest('base64url')},${content.length}`,
  );
  const recordName = `${information}/RECORD`;
  const all = { ...files, [recordName]: Buffer.from([...record, `${recordName},,`].join('\n')) };
  const written = Object.entries(all).map(([name, content]): [string, Uint8Array] => [
    name,
    tampered.includes(name) ? content.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) : content,
  ]);
  const bytes = zip(written);
  writeFileSync(file, bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

/** A zip file with deflated members, without zip64: enough for what a test writes. */
function zip(members: readonly (readonly [name: string, content: Uint8Array])[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of members) {
    const packed = deflateRawSync(content, { level: 1 });
    const nameBytes = Buffer.from(name);
    // version, flags, method 8, time, date, crc, packed size, size, name length, extra length
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, nameBytes, packed]);
    // comment length, disk, internal and external attributes, offset of the local header
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, nameBytes]));
    bodies.push(local);
    offset += local.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(directoryBytes.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, directoryBytes, Buffer.from('PK\x05\x06'), end]);
}
