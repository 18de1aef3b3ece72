import { parentPort, workerData } from 'node:worker_threads';
import type { Hdf5Order, Hdf5ThreadData } from './imports/hdf5Messages.ts';
import { createHdf5Reader } from './imports/readHdf5.ts';

/* A thread that reads HDF5 files: a broken one keeps nobody busy but this thread, which is ended then. */

const port = parentPort;
if (port === null) throw new Error('hdf5Worker.js is started as a thread');
const { port: orders, answered } = workerData as Hdf5ThreadData;
const answer = await createHdf5Reader();

orders.on('message', (order: Hdf5Order) => {
  const reply = answer(order);
  const numbers = reply.ok ? reply.numbers : undefined;
  orders.postMessage(reply, numbers === undefined ? [] : [numbers.buffer as ArrayBuffer]);
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
});
port.postMessage('ready');
