/** What a caller should know though nothing is wrong: said once, on the console. */
const said = new Set<string>();

/** How many calls of `withoutWarnings` are running. */
let silent = 0;

/** Prints `message` with `console.warn` unless it was printed before. */
export function warnOnce(message: string): void {
  if (silent > 0 || said.has(message)) return;
  said.add(message);
  console.warn(message);
}

/** Runs `build` without such words, which are advice for training: for a model that comes trained. */
export function withoutWarnings<T>(build: () => T): T {
  silent += 1;
  try {
    return build();
  } finally {
    silent -= 1;
  }
}
