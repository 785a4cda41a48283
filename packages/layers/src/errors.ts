/** Every error that this package throws on purpose, beside those of the packages below it. */

/** A model was used before it could be, or its layers do not fit together; the message says what to call or change. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** Inputs, targets or weights of examples do not fit the model or each other; the message names which, and where in it. */
export class DataError extends Error {
  override readonly name = "DataError";
}
