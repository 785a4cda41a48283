/** Work that Ctrl-C ends in good order: the training loop after its step, everything else at once. */

const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What the work is given: when to stop, and whom to tell that it is in the training loop. */
export interface Interruption {
  readonly signal: AbortSignal;
  readonly onLoop: (running: boolean) => void;
}

/** @param cleanUp  called before the process ends where nothing else can stop the work */
export async function interruptible<T>(
  work: (interruption: Interruption) => Promise<T>,
  cleanUp: () => void,
): Promise<T> {
  const controller = new AbortController();
  let looping = false;
  const interrupt = () => {
    if (looping && !controller.signal.aborted) {
      controller.abort();
      return;
    }
    cleanUp();
    process.exit(130);
  };
  for (const signal of INTERRUPTS) process.on(signal, interrupt);
  try {
    return await work({
      signal: controller.signal,
      onLoop: (running) => {
        looping = running;
      },
    });
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}
