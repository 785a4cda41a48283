/** What may surprise about inputs that a model answers all the same: gathered as they come, and said once on standard error. */
import { type DataRecord, type Fields, inputRoles, isBlank } from "@cellstate/data";
import { printMessage } from "../terminal/print.ts";

export class InputWarnings {
  readonly #roles: readonly string[];
  #inputs = 0;
  readonly #blank = new Places();
  readonly #passedOver = new Places();

  constructor(fields: Fields) {
    this.#roles = inputRoles(fields);
  }

  /** Notes whether the record has nothing but blanks where the model reads. */
  see({ values, file, line }: DataRecord): void {
    this.#inputs += 1;
    const given: unknown[] = this.#roles.map((role) => values[role]);
    const isEmpty = (value: unknown) => (typeof value === "string" || Array.isArray(value)) && isBlank(value);
    if (given.length > 0 && given.every(isEmpty)) this.#blank.add(file, line);
  }

  /** Says at once that a file of plain text looks like one of several columns. */
  tabs(file: string, line: number): void {
    printMessage(`warning: ${file}:${line} has tabs and is read as plain text; did you mean .tsv, with a header?\n`);
  }

  /** Notes an empty line that is no row. */
  passOver(file: string, line: number): void {
    this.#passedOver.add(file, line);
  }

  print(): void {
    const { count: blank, first } = this.#blank;
    if (blank > 0) {
      const isAre = blank === 1 ? "is" : "are";
      printMessage(
        `warning: ${blank} of ${this.#inputs} inputs ${isAre} empty (the first at ${first}); an answer stands for each, but says nothing\n`,
      );
    }
    const { count, first: place } = this.#passedOver;
    if (count > 0) {
      const lines = count === 1 ? "1 empty line is no row and has" : `${count} empty lines are no rows and have`;
      printMessage(`warning: ${lines} no answer (the first at ${place})\n`);
    }
  }
}

/** How many there are, and where the first is. */
class Places {
  count = 0;
  first = "";

  add(file: string, line: number): void {
    if (this.count === 0) this.first = `${file}:${line}`;
    this.count += 1;
  }
}
