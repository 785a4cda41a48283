/** The list of tasks that configs can name. */
import { classification } from "./classification/task.ts";
import { sentiment } from "./sentiment/task.ts";
import type { AnyTask } from "./task.ts";
import { translation } from "./translation/task.ts";

export const tasks: readonly AnyTask[] = [
  sentiment, // which opinion a text holds
  classification, // which of the given labels a text has
  translation, // any text to any other
];
