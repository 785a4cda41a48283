/** Every error that this package throws on purpose; all extend InterchangeError, so one `instanceof` catches them. */

/** The common ancestor of this package's errors. */
export class InterchangeError extends Error {
  override readonly name: string = "InterchangeError";
}

/** A file is damaged, cut short, malformed or contradicts itself, or is not of the kind that it was taken for. */
export class ModelFormatError extends InterchangeError {
  override readonly name = "ModelFormatError";
  readonly file: string;
  readonly problem: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options);
    this.file = file;
    this.problem = problem;
  }
}

/** A file is whole, but holds something that is not taken over: a layer, an option, a type, or code. */
export class UnsupportedModelError extends InterchangeError {
  override readonly name = "UnsupportedModelError";
  readonly file: string;
  readonly problem: string;

  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`);
    this.file = file;
    this.problem = problem;
  }
}
