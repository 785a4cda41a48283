/** The list of tasks that configs can name. */
import { classifierTask } from "./classify/task.ts";
import { forecasting } from "./forecasting/task.ts";
import { importedSeries } from "./imported/series-task.ts";
import { imported } from "./imported/task.ts";
import { languageModel } from "./language-model/task.ts";
import { tagging } from "./tagging/task.ts";
import type { Task } from "./task.ts";
import { translation } from "./translation/task.ts";

/** Sentiment: which of a few opinions, such as positive and negative, a text holds. */
export const sentiment = classifierTask("sentiment");
/** Classification: which of the given labels a text has. */
export const classification = classifierTask("classification");

/** The tasks that come along. */
export const tasks: readonly Task[] = [
  sentiment,
  classification,
  translation, // any text to any other
  tagging, // a tag for each word of a text, or the names in it
  forecasting, // the numbers that follow a series
  languageModel, // the text that follows a text
  imported, // a classifier that another framework trained
  importedSeries, // a forecaster that another framework trained
];
