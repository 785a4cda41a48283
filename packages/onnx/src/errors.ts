/** Every error that this package throws on purpose. */

/** Bytes are no ONNX model, or contradict themselves. */
export class OnnxFormatError extends Error {
  override readonly name = "OnnxFormatError";
  /** @param place  where in the file, such as `node "/lstm/LSTM" (LSTM)` */
  constructor(place: string, expected: string, got: string, options?: ErrorOptions) {
    super(`${place}: expected ${expected}, got ${got}`, options);
  }
}

/** A model needs what this package does not have: an operator, one of its options, or a type of element. */
export class OnnxUnsupportedError extends Error {
  override readonly name = "OnnxUnsupportedError";
  /** What is missing, such as `the operator NonMaxSuppression`. */
  readonly feature: string;
  /** @param place  where in the file, such as `node "/boxes" (NonMaxSuppression)` */
  constructor(place: string, feature: string, advice: string) {
    super(`${place}: ${feature} is not supported; ${advice}`);
    this.feature = feature;
  }
}

/** A model was run on inputs that it does not take. */
export class OnnxInputError extends Error {
  override readonly name = "OnnxInputError";
  constructor(expected: string, got: string) {
    super(`run: expected ${expected}, got ${got}`);
  }
}

/** A model would take more memory or steps than its limits allow. */
export class OnnxLimitError extends Error {
  override readonly name = "OnnxLimitError";
  constructor(place: string, what: string, limit: number, option: string) {
    super(`${place}: ${what} exceeds the limit of ${limit}; if the file is to be trusted, raise ${option}`);
  }
}

/** A trained model cannot be written as ONNX. */
export class OnnxExportError extends Error {
  override readonly name = "OnnxExportError";
}

/** A node does not fit what it is fed; the message names the node. */
export class OnnxNodeError extends Error {
  override readonly name = "OnnxNodeError";
  constructor(place: string, fault: string, options?: ErrorOptions) {
    super(`${place}: ${fault}`, options);
  }
}
