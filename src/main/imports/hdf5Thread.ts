import path from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { productRoot } from '../files/productRoot.ts';
import type { Hdf5Answer, Hdf5Order, Hdf5ThreadData } from './hdf5Messages.ts';

/** A thread with the HDF5 library. */
export interface Hdf5Thread {
  /**
   * Stands still until the answer is there, for at most so many seconds of processor time; then the thread is ended, with all
   * that is open in it, and there is no answer.
   */
  ask(order: Hdf5Order, seconds: number): { readonly answer: Hdf5Answer | undefined; readonly seconds: number };
}

const workerFile = path.join(productRoot, 'dist', 'main', 'hdf5Worker.js');
/** What a busy machine may need for what takes a moment of processor time. */
const MOST_MILLISECONDS = 120_000;
/** How often it is looked how much processor time has passed. */
const LOOK_EVERY = 20;
/** The library never gives memory back: a thread that has read so many bytes is not used for another file. */
const MOST_BYTES = 2 ** 26;

let idle: RunningThread | undefined;

interface RunningThread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly answered: Int32Array;
  isEnded: boolean;
  bytes: number;
}

/** Lends a thread to one file: that of the last one, where it may be used again. `giveBack` when the file is closed. */
export async function takeHdf5Thread(fileBytes: number): Promise<Hdf5Thread & { giveBack(): void }> {
  const thread = idle ?? (await startThread());
  idle = undefined;
  thread.bytes += fileBytes;
  return {
    ask: (order, seconds) => ask(thread, order, seconds),
    giveBack() {
      if (thread.isEnded) return;
      if (idle === undefined && thread.bytes <= MOST_BYTES) idle = thread;
      else end(thread);
    },
  };
}

async function startThread(): Promise<RunningThread> {
  const { port1: port, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const data: Hdf5ThreadData = { port: port2, answered };
  const worker = new Worker(workerFile, { workerData: data, transferList: [port2] });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  // Whoever needs an answer waits for it; the process may end without the thread.
  worker.unref();
  port.unref();
  worker.on('error', console.error);
  return { worker, port, answered, isEnded: false, bytes: 0 };
}

function ask(thread: RunningThread, order: Hdf5Order, seconds: number): ReturnType<Hdf5Thread['ask']> {
  if (thread.isEnded) return { answer: undefined, seconds: 0 };
  const { port, answered } = thread;
  Atomics.store(answered, 0, 0);
  port.postMessage(order);
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  // Everybody else stands still, so that it is the thread's time.
  const passed = (): number => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1e6;
  };
  while (Atomics.wait(answered, 0, 0, LOOK_EVERY) === 'timed-out') {
    if (passed() > seconds || performance.now() - began > MOST_MILLISECONDS) {
      end(thread);
      return { answer: undefined, seconds: passed() };
    }
  }
  const message = receiveMessageOnPort(port);
  return { answer: message?.message as Hdf5Answer | undefined, seconds: passed() };
}

function end(thread: RunningThread): void {
  thread.isEnded = true;
  thread.port.close();
  void thread.worker.terminate();
}
