/** Every error that this package throws on purpose. */

/** An operation got a tensor whose shape does not fit. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
  constructor(op: string, expected: string, got: readonly number[] | string) {
    super(`${op}: expected ${expected}, got ${typeof got === "string" ? got : `[${got.join(", ")}]`}`);
  }
}

/** An operation got a tensor of another element type than it works on. */
export class DTypeError extends Error {
  override readonly name = "DTypeError";
  constructor(op: string, expected: string, got: string) {
    super(`${op}: expected ${expected}, got ${got}`);
  }
}

/** A tensor was used after its scope ended, or scopes were closed out of order. */
export class ScopeError extends Error {
  override readonly name = "ScopeError";
}

/** A function or a constructor got an option that it does not have, or one outside its range. */
export class OptionError extends Error {
  override readonly name = "OptionError";
  constructor(owner: string, option: string, expected: string, got: unknown) {
    super(`${owner}: expected ${option} to be ${expected}, got ${shown(got)}`);
  }
}

/** `"10"` is told from 10, and an object in the place of a value by its keys. */
function shown(got: unknown): string {
  if (typeof got === "string" && !Number.isNaN(Number(got))) return JSON.stringify(got);
  const isPlain = typeof got === "object" && got !== null && Object.getPrototypeOf(got) === Object.prototype;
  return isPlain ? `{ ${Object.keys(got).join(", ")} }` : String(got);
}

/** Tensors of two sessions met in one op. */
export class SessionError extends Error {
  override readonly name = "SessionError";
  constructor() {
    super("tensors of two sessions met in one op; copy one over: session.tensor(await other.read(), other.shape)");
  }
}

/** An id lies outside the rows that it selects from. */
export class IndexError extends Error {
  override readonly name = "IndexError";
}

/** A backend that was asked for is not there, or ran out of memory. */
export class BackendError extends Error {
  override readonly name = "BackendError";
}

/** @internal What to do about tensors that stay. */
export const SCOPE_ADVICE =
  "tensors outside a scope stay until the session ends: where a loop makes some, put each step into `using scope = session.scope()` " +
  "or session.tidy(() => ...)";

/** @internal What to do where memory has run out. */
export const MEMORY_ADVICE: string = `${SCOPE_ADVICE}; otherwise use a smaller batch or model`;

/** `backward` was called where there is nothing to differentiate, or a tensor that is no parameter was to be frozen. */
export class AutogradError extends Error {
  override readonly name = "AutogradError";
}

/** A parameter was to take two steps at once. */
export class OptimizerError extends Error {
  override readonly name = "OptimizerError";
}

/** A safetensors file is malformed; the message names the file, the tensor and the fault. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError";
}
