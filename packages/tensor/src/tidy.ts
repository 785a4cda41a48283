/** Work between the start and the end of something, where the language has no `using` yet. */
import { Tensor } from "./tensor.ts";

/**
 * Runs `work` and ends `resource` after it, also if it throws; of a promise, when that has settled.
 *
 * @param onResult  what to do with the result before the end
 */
export function endAfter<T>(resource: Disposable, work: () => T, onResult: (result: unknown) => void = () => {}): T {
  let isPending = false;
  const end = () => resource[Symbol.dispose]();
  try {
    const result = work();
    isPending = result instanceof Promise;
    if (result instanceof Promise) return result.then(passing(onResult)).finally(end) as T;
    onResult(result);
    return result;
  } finally {
    if (!isPending) end();
  }
}

function passing<T>(look: (value: T) => void): (value: T) => T {
  return (value) => {
    look(value);
    return value;
  };
}

/** The tensors in a result: itself, or those in arrays, maps and plain objects, however deep. */
export function* tensorsIn(result: unknown, seen = new Set<unknown>()): Generator<Tensor, void, undefined> {
  if (result instanceof Tensor) yield result;
  if (result instanceof Tensor || typeof result !== "object" || result === null || seen.has(result)) return;
  seen.add(result);
  for (const value of contentsOf(result)) yield* tensorsIn(value, seen);
}

function contentsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return value.values();
  return Object.getPrototypeOf(value) === Object.prototype ? Object.values(value) : [];
}
