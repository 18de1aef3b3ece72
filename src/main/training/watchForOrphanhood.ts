import { Worker } from 'node:worker_threads';

/** Seconds that a process whose parent died has to save its weights before it is ended. */
const GRACE = 30;

/**
 * Ends this process some time after its parent died, even while the main thread is inside a native call that never
 * returns: nobody is left who could.
 */
export function watchForOrphanhood(): void {
  const watch = `
    const parent = process.ppid;
    let orphanedFor = 0;
    setInterval(() => {
      let alive = process.ppid === parent;
      try { process.kill(parent, 0); } catch (error) { alive = alive && error.code === 'EPERM'; }
      orphanedFor = alive ? 0 : orphanedFor + 1;
      if (orphanedFor > ${GRACE}) process.kill(process.pid, 'SIGKILL');
    }, 1000);
  `;
  new Worker(watch, { eval: true, stdout: false, stderr: false }).unref();
}
