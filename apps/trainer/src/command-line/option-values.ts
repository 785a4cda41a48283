/** Values of options: what an option's text becomes, or why it is refused. */
import { InvalidArgumentError } from "@commander-js/extra-typings";

/** An option that may be repeated: all its values, in order. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** @throws {InvalidArgumentError} unless the text is a whole number from 0 */
export function wholeNumber(text: string): number {
  return numberFrom(0, text);
}

/** @throws {InvalidArgumentError} unless the text is a whole number from 1 */
export function positiveNumber(text: string): number {
  return numberFrom(1, text);
}

/** @throws {InvalidArgumentError} unless the text is a whole number from 1, or `longest` */
export function lengthOrLongest(text: string): number | "longest" {
  return text === "longest" ? text : numberFrom(1, text, ", or longest");
}

function numberFrom(least: number, text: string, orElse = ""): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(`It must be a whole number from ${least}${orElse}.`);
  }
  return value;
}
