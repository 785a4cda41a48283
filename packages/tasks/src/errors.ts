/** Every error that this package throws on purpose; what is wrong with data is told in the words of `@cellstate/data`. */

/** A file of a saved model is missing or does not hold what it should. */
export class ModelFilesError extends Error {
  override readonly name = "ModelFilesError";
  readonly file: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`model folder: ${file}: ${problem}`, options);
    this.file = file;
  }
}
