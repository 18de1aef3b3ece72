import { getTextEncoding } from '@bufbuild/protobuf/wire';
import { fail, ok, type Problem, type Result } from '../../../core/diagnostic.ts';
import { harmlessInWords, isHarmlessName } from './harmlessNames.ts';
import { pickledAs, type Pickled } from './pickled.ts';

export interface PickleEnd {
  readonly value: Pickled;
  /** The byte behind it. */
  readonly end: number;
  /** Everything that it says lies outside of it, such as storages. */
  readonly outside: readonly Pickled[];
}

/** A checkpoint of ten thousand tensors has a tenth of that. */
const MOST_VALUES = 2_000_000;
const LONGEST_NAME = 1000;

class Unreadable extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/**
 * Reads the pickle that begins at byte `at`. Python would run it as a program; here what it says is taken down, and nothing is
 * looked up, called or loaded. Names other than those of tensors and plain values are refused.
 */
export function readPickle(bytes: Uint8Array, at = 0): Result<PickleEnd> {
  const reader = new PickleReader(bytes, at);
  try {
    return ok(reader.read());
  } catch (error) {
    if (error instanceof Unreadable) return fail(error.problem);
    throw error;
  }
}

class PickleReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at: number;
  /** Where the instruction in work begins. */
  private begun: number;
  private stack: Pickled[] = [];
  /** The stacks below each mark. */
  private readonly marked: Pickled[][] = [];
  private readonly memo = new Map<number, Pickled>();
  private readonly outside: Pickled[] = [];
  private values = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.begun = at;
  }

  read(): PickleEnd {
    for (;;) {
      this.begun = this.at;
      const code = this.byte();
      if (code === STOP) return { value: this.pop(), end: this.at, outside: this.outside };
      const instruction = instructions.get(code);
      if (instruction === undefined) {
        throw this.unreadable(
          'pickle/unknown-instruction',
          `it has the instruction 0x${code.toString(16).padStart(2, '0')}, which no state dictionary needs.`,
        );
      }
      instruction(this);
    }
  }

  byte(): number {
    return this.view.getUint8(this.advance(1));
  }
  uint16(): number {
    return this.view.getUint16(this.advance(2), true);
  }
  uint32(): number {
    return this.view.getUint32(this.advance(4), true);
  }
  int32(): number {
    return this.view.getInt32(this.advance(4), true);
  }
  float64(): number {
    return this.view.getFloat64(this.advance(8), false);
  }
  /** A count of bytes; one beyond the file is told by `take`. */
  uint64(): number {
    return Number(this.view.getBigUint64(this.advance(8), true));
  }

  take(count: number): Uint8Array {
    const start = this.advance(count);
    return this.bytes.subarray(start, start + count);
  }

  text(count: number): string {
    try {
      return getTextEncoding().decodeUtf8(this.take(count));
    } catch (error) {
      if (error instanceof Unreadable) throw error;
      throw this.damaged('its text is not UTF-8.');
    }
  }

  /** A whole number of any length, the lowest byte first, in two's complement. */
  whole(count: number): Pickled {
    if (count > 32) throw this.damaged(`a number of ${count} bytes.`);
    const digits = this.take(count);
    let value = 0n;
    for (let i = digits.length - 1; i >= 0; i--) value = value * 256n + BigInt(digits[i] ?? 0);
    const signed = BigInt.asIntN(8 * count, value);
    return BigInt(Number(signed)) === signed && Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  line(): string {
    const rest = this.bytes.subarray(this.at, this.at + LONGEST_NAME);
    const length = rest.indexOf(0x0a);
    if (length < 0 && rest.length === LONGEST_NAME) throw this.damaged('a name without an end.');
    const line = this.text(length < 0 ? LONGEST_NAME : length);
    this.at++;
    return line;
  }

  push(value: Pickled): void {
    if (++this.values > MOST_VALUES) {
      throw this.unreadable('pickle/too-many-values', `it has more than ${MOST_VALUES} values.`);
    }
    this.stack.push(value);
  }

  pop(): Pickled {
    const value = this.stack.pop();
    if (value === undefined) throw this.damaged('a value is missing.');
    return value;
  }

  peek(): Pickled {
    const value = this.stack.at(-1);
    if (value === undefined) throw this.damaged('a value is missing.');
    return value;
  }

  mark(): void {
    if (++this.values > MOST_VALUES) {
      throw this.unreadable('pickle/too-many-values', `it has more than ${MOST_VALUES} values.`);
    }
    this.marked.push(this.stack);
    this.stack = [];
  }

  /** What lies above the last mark. */
  popMark(): Pickled[] {
    const above = this.stack;
    const below = this.marked.pop();
    if (below === undefined) throw this.damaged('a mark is missing.');
    this.stack = below;
    return above;
  }

  remember(slot = this.memo.size): void {
    this.memo.set(slot, this.peek());
  }

  recall(slot: number): void {
    const value = this.memo.get(slot);
    if (value === undefined) throw this.damaged(`it speaks of value ${slot}, which it has not.`);
    this.push(value);
  }

  /** Something that lies elsewhere, by what it is called there. */
  pointOutside(): void {
    const value = { kind: 'outside', id: this.pop() } as const;
    this.outside.push(value);
    this.push(value);
  }

  /** Adds to the container on top. */
  add(items: readonly Pickled[]): void {
    const container = this.peek();
    const list = pickledAs(container, 'list') ?? pickledAs(container, 'set');
    // What a call makes, such as a sequence of NumPy's, may take items; nobody here asks for them.
    if (list === undefined && pickledAs(container, 'call') === undefined)
      throw this.damaged('items for what takes none.');
    for (const item of items) list?.items.push(item);
  }

  addEntries(items: readonly Pickled[]): void {
    const container = this.peek();
    const dict = pickledAs(container, 'dict');
    if (items.length % 2 !== 0 || (dict === undefined && pickledAs(container, 'call') === undefined)) {
      throw this.damaged('entries for what takes none.');
    }
    for (let i = 0; i < items.length; i += 2) dict?.entries.push([items[i] ?? null, items[i + 1] ?? null]);
  }

  name(module: string, name: string): void {
    // Python 2's name of the same module.
    const known = module === '__builtin__' ? 'builtins' : module;
    if (!isHarmlessName(known, name)) {
      throw new Unreadable({
        code: 'pickle/refused-name',
        message: `At byte ${this.begun} it names "${known}.${name}", which is no tensor and no plain value.`,
        expected: harmlessInWords,
        received: `${known}.${name}`,
      });
    }
    this.push({ kind: 'name', name: `${known}.${name}` });
  }

  /** Takes down a call; an ordered dictionary is a dictionary. */
  call(): void {
    const given = pickledAs(this.pop(), 'tuple');
    const callee = pickledAs(this.pop(), 'name');
    if (given === undefined || callee === undefined) throw this.damaged('a call of what is no name.');
    const [first] = given.items;
    if (callee.name === 'collections.OrderedDict' || callee.name === 'collections.defaultdict') {
      const pairs = pickledAs(first, 'list')?.items.flatMap((pair) => {
        const { items = [] } = pickledAs(pair, 'list') ?? pickledAs(pair, 'tuple') ?? {};
        return items.length === 2 ? [[items[0] ?? null, items[1] ?? null] as const] : [];
      });
      this.push({ kind: 'dict', entries: pairs ?? [] });
    } else this.push({ kind: 'call', name: callee.name, arguments: given.items });
  }

  damaged(what: string): Unreadable {
    return this.unreadable('pickle/damaged', what);
  }

  private advance(count: number): number {
    const start = this.at;
    if (!(count <= this.bytes.length - start)) throw this.unreadable('pickle/cut-off', 'it ends there.');
    this.at += count;
    return start;
  }

  private unreadable(code: string, what: string): Unreadable {
    return new Unreadable({ code, message: `At byte ${this.begun} of its list of tensors: ${what}` });
  }
}

const STOP = 0x2e;

/** Every instruction that protocols 2 to 5 write for plain values; those of the textual protocols are refused. */
const instructions: ReadonlyMap<number, (reader: PickleReader) => void> = new Map<
  number,
  (reader: PickleReader) => void
>([
  [0x80, (reader) => void reader.byte()], // PROTO
  [0x95, (reader) => void reader.uint64()], // FRAME
  [0x28, (reader) => reader.mark()], // MARK
  [0x30, (reader) => void reader.pop()], // POP
  [0x31, (reader) => void reader.popMark()], // POP_MARK
  [0x32, (reader) => reader.push(reader.peek())], // DUP
  [0x4e, (reader) => reader.push(null)], // NONE
  [0x88, (reader) => reader.push(true)], // NEWTRUE
  [0x89, (reader) => reader.push(false)], // NEWFALSE
  [0x4a, (reader) => reader.push(reader.int32())], // BININT
  [0x4b, (reader) => reader.push(reader.byte())], // BININT1
  [0x4d, (reader) => reader.push(reader.uint16())], // BININT2
  [0x8a, (reader) => reader.push(reader.whole(reader.byte()))], // LONG1
  [0x8b, (reader) => reader.push(reader.whole(reader.uint32()))], // LONG4
  [0x47, (reader) => reader.push(reader.float64())], // BINFLOAT
  [0x58, (reader) => reader.push(reader.text(reader.uint32()))], // BINUNICODE
  [0x8c, (reader) => reader.push(reader.text(reader.byte()))], // SHORT_BINUNICODE
  [0x8d, (reader) => reader.push(reader.text(reader.uint64()))], // BINUNICODE8
  [0x54, (reader) => reader.push(reader.text(reader.uint32()))], // BINSTRING, of Python 2
  [0x55, (reader) => reader.push(reader.text(reader.byte()))], // SHORT_BINSTRING, of Python 2
  [0x42, (reader) => reader.push(reader.take(reader.uint32()))], // BINBYTES
  [0x43, (reader) => reader.push(reader.take(reader.byte()))], // SHORT_BINBYTES
  [0x8e, (reader) => reader.push(reader.take(reader.uint64()))], // BINBYTES8
  [0x7d, (reader) => reader.push({ kind: 'dict', entries: [] })], // EMPTY_DICT
  [0x5d, (reader) => reader.push({ kind: 'list', items: [] })], // EMPTY_LIST
  [0x29, (reader) => reader.push({ kind: 'tuple', items: [] })], // EMPTY_TUPLE
  [0x8f, (reader) => reader.push({ kind: 'set', items: [] })], // EMPTY_SET
  [0x74, (reader) => reader.push({ kind: 'tuple', items: reader.popMark() })], // TUPLE
  [0x85, (reader) => pushTuple(reader, 1)], // TUPLE1
  [0x86, (reader) => pushTuple(reader, 2)], // TUPLE2
  [0x87, (reader) => pushTuple(reader, 3)], // TUPLE3
  [0x91, (reader) => reader.push({ kind: 'set', items: reader.popMark() })], // FROZENSET
  [
    0x61, // APPEND
    (reader) => {
      const item = reader.pop();
      reader.add([item]);
    },
  ],
  [
    0x65, // APPENDS
    (reader) => {
      const items = reader.popMark();
      reader.add(items);
    },
  ],
  [
    0x90, // ADDITEMS
    (reader) => {
      const items = reader.popMark();
      reader.add(items);
    },
  ],
  [
    0x73, // SETITEM
    (reader) => {
      const [value, key] = [reader.pop(), reader.pop()];
      reader.addEntries([key, value]);
    },
  ],
  [
    0x75, // SETITEMS
    (reader) => {
      const items = reader.popMark();
      reader.addEntries(items);
    },
  ],
  [0x71, (reader) => reader.remember(reader.byte())], // BINPUT
  [0x72, (reader) => reader.remember(reader.uint32())], // LONG_BINPUT
  [0x94, (reader) => reader.remember()], // MEMOIZE
  [0x68, (reader) => reader.recall(reader.byte())], // BINGET
  [0x6a, (reader) => reader.recall(reader.uint32())], // LONG_BINGET
  [0x63, (reader) => reader.name(reader.line(), reader.line())], // GLOBAL
  [
    0x93, // STACK_GLOBAL
    (reader) => {
      const [name, module] = [reader.pop(), reader.pop()];
      if (typeof name !== 'string' || typeof module !== 'string') throw reader.damaged('a name that is no text.');
      reader.name(module, name);
    },
  ],
  [0x52, (reader) => reader.call()], // REDUCE
  [0x81, (reader) => reader.call()], // NEWOBJ
  // The state of an object, such as the version that modules keep in a state dictionary.
  [0x62, (reader) => void reader.pop()], // BUILD
  [0x51, (reader) => reader.pointOutside()], // BINPERSID
]);

function pushTuple(reader: PickleReader, count: number): void {
  const items = Array.from({ length: count }, () => reader.pop());
  reader.push({ kind: 'tuple', items: items.reverse() });
}
