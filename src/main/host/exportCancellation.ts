/** Exports that are on their way, by the path they were asked for. */
export interface ExportCancellation {
  /** Runs an export that can be called off. */
  run<Result>(path: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** Calls one off; whether there was one. */
  cancel(path: string): boolean;
}

/** No export yet. */
export function createExportCancellation(): ExportCancellation {
  const running = new Map<string, AbortController>();
  return {
    async run(path, work) {
      const controller = new AbortController();
      running.set(path, controller);
      try {
        return await work(controller.signal);
      } finally {
        if (running.get(path) === controller) running.delete(path);
      }
    },
    cancel(path) {
      const controller = running.get(path);
      controller?.abort();
      return controller !== undefined;
    },
  };
}
