/** Texts that the tokenizers of seeds are trained on. */
export const TRAINING_TEXTS: readonly string[] = [
  "the film was not bad, it's good",
  "the soup was bad: 12 of 30 said so",
  "a fine hotel; the théâtre beside it was finer",
  "not a good book, not a bad one",
  "good food, good people, good night",
  "中文 也 好",
];
