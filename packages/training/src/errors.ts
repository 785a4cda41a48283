/** Every error that this package throws on purpose. */

/** A loss, a gradient or a weight became NaN or infinite; training cannot go on. */
export class NonFiniteError extends Error {
  override readonly name = "NonFiniteError";
  /** Optimizer step in which it was seen, from 1. */
  readonly step: number;
  /** The first tensor that holds a NaN or an infinity. */
  readonly tensor: string;
  constructor(step: number, what: string, tensor: string) {
    super(
      `train: ${what} in step ${step}; the first tensor that holds a NaN or an infinity is ${tensor}. ` +
        "A smaller learningRate or a smaller clipNorm usually helps",
    );
    this.step = step;
    this.tensor = tensor;
  }
}

/** The evaluation gave no number under the name that selects the best weights. */
export class SelectionError extends Error {
  override readonly name = "SelectionError";
  constructor(name: string, metrics: Readonly<Record<string, unknown>>) {
    const numbers = Object.keys(metrics).filter((key) => typeof metrics[key] === "number");
    super(
      `train: expected evaluate() to give a number called "${name}", got ${numbers.length > 0 ? numbers.join(", ") : "no number"}`,
    );
  }
}

/** A saved state does not belong to this model, optimizer or schedule; or an option makes no sense. */
export class TrainingStateError extends Error {
  override readonly name = "TrainingStateError";
}

/** Groups of parameters that contradict each other, or that leave nothing to learn. */
export class ParameterGroupError extends Error {
  override readonly name = "ParameterGroupError";
}

/** A checkpoint cannot be read or written; the message names the file and the fault. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
  readonly file: string;
  readonly fault: string;
  constructor(file: string, fault: string, options?: ErrorOptions) {
    super(`checkpoint ${file}: ${fault}`, options);
    this.file = file;
    this.fault = fault;
  }
}
