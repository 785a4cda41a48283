/** Training tokenizers. */
import { type LayoutName, writeReviews } from "../reviews.ts";
import { interleave } from "../runner.ts";
import { contendersOf, numberOf, problemsOf, type Suite } from "../suite.ts";
import { comparedCells } from "../table.ts";

const trained: readonly LayoutName[] = ["byte-level BPE", "BPE, metaspace", "WordPiece", "Unigram"];

export const tokenizerTraining: Suite = {
  name: "tokenizer-training",
  peers: "tokenizers",
  title: "Training tokenizers",
  about:
    "Seconds to train on 18 MB of English film reviews (IMDB) on one thread, texts in memory; in brackets, how many times as long " +
    "as the first column. Vocabularies of 8,000, pairs seen twice; WordPiece in lower case.",
  run: (bench) => {
    const reviews = writeReviews();
    if (typeof reviews === "string") return [];
    const notes: string[] = [];
    const runners = bench.found.tokenizers.filter(({ can }) => can("train", "byte-level BPE"));
    const rows = trained.map((layout) => {
      const contenders = contendersOf(runners, { task: "train", layout, texts: reviews.train });
      const outcomes = interleave(contenders, bench);
      notes.push(...problemsOf(contenders, outcomes, layout));
      const seconds = outcomes.map((outcome) => numberOf(outcome, "ms")).map((ms) => ms && ms / 1000);
      return [layout, ...comparedCells(seconds)];
    });
    return [{ header: ["seconds", ...runners.map(({ name }) => name)], rows, notes }];
  },
};
