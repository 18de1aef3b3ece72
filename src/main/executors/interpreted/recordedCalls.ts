import type { TensorData } from '../compiledProgram.ts';
import type { InterpretedEngine, Recorder, Recording, TensorShape } from './interpretedEngine.ts';
import type { EntryPlan } from './planEntry.ts';

/** What one call of an entry is made of: a plan whose shapes are known. */
export interface PlannedCall<T> {
  readonly plan: EntryPlan;
  readonly inputs: readonly { readonly slot: number; readonly shape: TensorShape; readonly data: TensorData }[];
  /** Of the fetches of the plan. */
  readonly outputShapes: readonly TensorShape[];
  /** Of all values, at most: what the call may need. */
  readonly bytes: number;
  /** Does the steps of the call. */
  execute(slots: (T | undefined)[]): void;
}

/** Variables whose former tensors can be kept for a while. */
export interface RecordedVariables<T> {
  readonly memory: Map<string, T>;
  shapeOf(name: string): TensorShape;
  /** What values that are always the same lie in: no variable may be changed there. */
  constants(): Iterable<T>;
  /** Keeps what variables had before for as long as `work` goes on. */
  retaining(work: () => void): readonly T[];
}

interface RecordedCall<T> {
  readonly recording: Recording;
  readonly rooms: readonly T[];
  readonly results: readonly T[];
  /** Where the variables were: the recording knows no other places. */
  readonly homes: ReadonlyMap<string, T>;
}

/** Recordings of more bytes than this together make room for a large call. */
const MOST_BYTES = 2 ** 30;
const LARGE_CALL = 2 ** 26;
const MOST_CALLS = 8;

/**
 * Calls that are told to the device again as they were, from their second time on: inputs are put into the same tensors, and
 * every variable is back in its own memory at the end.
 */
export function createRecordedCalls<T>(
  engine: InterpretedEngine<T>,
  recorder: Recorder<T>,
  { memory, shapeOf, constants, retaining }: RecordedVariables<T>,
) {
  /** By their steps; those played last come last. */
  const calls = new Map<object, RecordedCall<T>>();
  const seen = new WeakSet<object>();
  const unfit = new WeakSet<object>();

  function copyOf(tensor: T, name: string): T {
    const copy = recorder.room(shapeOf(name));
    recorder.copy(tensor, copy);
    engine.dispose(tensor);
    return copy;
  }

  /** What was assigned from another variable or from a constant shares its memory until then. */
  function giveOwnMemory(): void {
    const taken = new Set([...constants()].map((tensor) => recorder.memoryOf(tensor)));
    for (const [name, tensor] of memory) {
      const place = recorder.memoryOf(tensor);
      if (taken.has(place)) memory.set(name, copyOf(tensor, name));
      taken.add(place);
    }
  }

  function record({ plan, inputs, outputShapes, execute }: PlannedCall<T>): RecordedCall<T> {
    const rooms = inputs.map(({ shape }) => recorder.room(shape));
    const results = outputShapes.map((shape) => recorder.room(shape));
    giveOwnMemory();
    const homes = new Map(memory);
    const slots = new Array<T | undefined>(plan.slotCount).fill(undefined);
    const recording = recorder.record(() => {
      const retired = retaining(() => {
        inputs.forEach(({ slot, shape }, i) => {
          const room = rooms[i];
          if (room !== undefined) slots[slot] = engine.share(room, shape);
        });
        execute(slots);
      });
      plan.fetches.forEach(({ name, slot }, i) => {
        const [tensor, result] = [slots[slot], results[i]];
        if (tensor === undefined || result === undefined) throw new Error(`${plan.entry.name} did not make ${name}`);
        recorder.copy(tensor, result);
      });
      const places = new Set([...homes.values()].map((home) => recorder.memoryOf(home)));
      const moved = [...homes].flatMap(([name, home]) => {
        const tensor = memory.get(name);
        return tensor === undefined || tensor === home ? [] : [{ name, home, tensor }];
      });
      // What lies where another variable is at home is taken out before anything is put there.
      const ready = moved.map(({ tensor, ...one }) => ({
        ...one,
        tensor: places.has(recorder.memoryOf(tensor)) ? copyOf(tensor, one.name) : tensor,
      }));
      for (const { name, home, tensor } of ready) {
        recorder.copy(tensor, home);
        engine.dispose(tensor);
        memory.set(name, home);
      }
      const kept = new Set(memory.values());
      for (const tensor of retired) if (!kept.has(tensor)) engine.dispose(tensor);
      for (const tensor of slots) if (tensor !== undefined) engine.dispose(tensor);
    });
    return { recording, rooms, results, homes };
  }

  function discard(key: object): void {
    const call = calls.get(key);
    calls.delete(key);
    if (call === undefined) return;
    call.recording.dispose();
    for (const tensor of [...call.rooms, ...call.results]) engine.dispose(tensor);
  }

  function makeRoom(bytes: number): void {
    const held = [...calls.values()].reduce((sum, { recording }) => sum + recording.bytes, 0);
    if (bytes > LARGE_CALL && held > MOST_BYTES) for (const key of [...calls.keys()]) discard(key);
    for (const key of [...calls.keys()].slice(0, Math.max(0, calls.size - MOST_CALLS))) discard(key);
  }

  function currentCall(key: object): RecordedCall<T> | undefined {
    const call = calls.get(key);
    if (call === undefined) return undefined;
    if (call.recording.again && [...call.homes].every(([name, home]) => memory.get(name) === home)) return call;
    discard(key);
    return undefined;
  }

  return {
    /** Has a call happen and gives its results, which stay the recording's; `undefined` where it has to be made step by step. */
    play(key: object, planned: PlannedCall<T>): readonly T[] | undefined {
      let call = currentCall(key);
      if (call === undefined) {
        makeRoom(planned.bytes);
        if (!seen.has(key) || unfit.has(key)) {
          seen.add(key);
          return undefined;
        }
        call = record(planned);
        if (!call.recording.again) unfit.add(key);
      }
      calls.delete(key);
      calls.set(key, call);
      call.rooms.forEach((room, i) => {
        const input = planned.inputs[i];
        if (input !== undefined) recorder.fill(room, input.data);
      });
      call.recording.play();
      return call.results;
    },
    dispose(): void {
      for (const key of [...calls.keys()]) discard(key);
    },
  };
}
