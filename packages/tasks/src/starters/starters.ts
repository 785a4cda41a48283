/** The list of starters, one for each task that `cellstate init` can begin. */
import { classifierStarter } from "./classifier.ts";
import { forecasterStarter } from "./forecaster.ts";
import { languageModelStarter } from "./language-model.ts";
import type { Starter } from "./starter.ts";
import { taggerStarter } from "./tagger.ts";
import { translatorStarter } from "./translator.ts";

export const starters: readonly Starter[] = [
  classifierStarter("sentiment", true),
  classifierStarter("classification", false),
  translatorStarter,
  forecasterStarter,
  taggerStarter,
  languageModelStarter,
];
