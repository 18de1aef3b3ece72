import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a port of this machine as `ssh -L` makes one, which can break and be mended. */
export interface Tunnel {
  /** The near end. */
  readonly port: number;
  /** Drops what goes through it and takes nothing more, as when the network is gone. */
  breakDown(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a tunnel to a port. */
export async function openTunnel(target: number): Promise<Tunnel> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return { port, breakDown: stop, mend: () => listen(port), close: stop };
}
