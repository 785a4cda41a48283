/** The answers that outputs are, by their kind. */
import type { ImportedConfig } from "../config.ts";
import type { Answers } from "./answers.ts";
import { classAnswers } from "./class-answers.ts";
import { labelAnswers } from "./label-answers.ts";
import { numberAnswers } from "./number-answers.ts";

export function answersOf({ output, metrics }: ImportedConfig): Answers {
  switch (output.kind) {
    case "classes":
      return classAnswers(output, metrics);
    case "labels":
      return labelAnswers(output);
    case "numbers":
      return numberAnswers(output);
    default:
      return output satisfies never;
  }
}
