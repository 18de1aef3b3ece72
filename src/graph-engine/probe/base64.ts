const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOf = new Map([...DIGITS].map((digit, value) => [digit.charCodeAt(0), value]));

/** Bytes as text, the same in a page and in Node. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    parts.push(
      DIGITS.charAt(word >> 18) +
        DIGITS.charAt((word >> 12) & 63) +
        (b === undefined ? '=' : DIGITS.charAt((word >> 6) & 63)) +
        (c === undefined ? '=' : DIGITS.charAt(word & 63)),
    );
  }
  return parts.join('');
}

/** The bytes again; what is no digit is passed over. */
export function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.replace(/=+$/, '').length * 3) / 4));
  let [word, bits, at] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const value = valueOf.get(text.charCodeAt(i));
    if (value === undefined) continue;
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (word >> bits) & 255;
    }
  }
  return bytes;
}
