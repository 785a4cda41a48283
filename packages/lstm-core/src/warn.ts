/** What a caller should know though nothing is wrong: said once, on the console. */
const said = new Set<string>();

/** Prints `message` with `console.warn` unless it was printed before. */
export function warnOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.warn(message);
}
