/** First configs of language models: plain text, as one that runs on or as lines that are texts of their own. */
import type { Columns } from "@cellstate/data";
import { type DataFacts, type Draft, type Guess, type Starter, textFacts, warmupOf } from "./starter.ts";

/** The column that lines of plain text are read as. */
const TEXT = "text";

/** Characters that all passes together read: some minutes on two cores. */
const CHARACTER_BUDGET = 6_000_000;
/** Characters below which a small model trains longer. */
const FEW_CHARACTERS = 300_000;
const MOST_EPOCHS = 20;
const BPTT = 64;

export const languageModelStarter: Starter = {
  task: "language-model",
  roles: [TEXT],
  guess,
  draft,
};

function guess({ columns, isPlainText }: DataFacts, _: Columns): Guess {
  if (isPlainText !== true || columns.length === 0) {
    return { fault: "unfit", reason: "the files are no plain text, such as book.txt" };
  }
  return {
    columns: { [TEXT]: TEXT },
    certainty: "sure",
    reasons: ["plain text, to learn which character comes next"],
  };
}

function draft(data: DataFacts, { text = TEXT }: Columns): Draft {
  const [column] = data.columns;
  const { rows = 0, blank = 0, meanCharacters = 0 } = column ?? {};
  const filled = rows === 0 ? 0 : data.rows * (1 - blank / rows);
  const characters = Math.round(filled * meanCharacters + data.rows); // each line has an end
  // Single words, line by line, are names rather than what was written in one go.
  const { byCharacter, isSpaceless } = textFacts(data, text);
  const isByLine = byCharacter && !isSpaceless && blank === 0;
  const isSmall = characters < FEW_CHARACTERS;
  const [size, batchSize] = isSmall ? [128, 16] : [256, 32];
  const epochs = Math.max(1, Math.min(MOST_EPOCHS, Math.round(CHARACTER_BUDGET / Math.max(1, characters))));
  const steps = Math.round(CHARACTER_BUDGET / batchSize / BPTT);
  const isTooLong = characters > 2 * CHARACTER_BUDGET;
  return {
    maxExamples: undefined,
    heldOutAtEnd: !isByLine,
    reasons: [
      isByLine
        ? "text.unit: line, since each line is a single word, such as a name"
        : "text: one that runs on from line to line; text.unit: line makes each line a text of its own",
      `size: ${size} units, ${isTooLong ? "a part of a pass" : `${epochs} passes`} over about ${characters.toLocaleString("en")} characters`,
    ],
    sections: [
      ...(isByLine ? [{ key: "text", value: { unit: "line" } }] : []),
      { key: "tokenizer", comment: "character by character; word, bpe and others read words", value: { kind: "char" } },
      {
        key: "model",
        value: { embedding: { size: 64 }, encoder: { kind: "lstm", hiddenSize: size, weightDrop: 0.2 }, dropout: 0.3 },
      },
      { key: "streams", value: { bptt: BPTT } },
      { key: "optimizer", value: { kind: "adamw", learningRate: 3e-3 } },
      {
        key: "schedule",
        value: {
          kind: "linear",
          warmupSteps: warmupOf(Math.min(characters, CHARACTER_BUDGET) / BPTT, batchSize, epochs),
        },
      },
      {
        key: "training",
        comment: isTooLong ? "some minutes on two cores; without maxSteps all of the text" : `at most ${epochs} passes`,
        value: { epochs, batchSize, clipNorm: 1, ...(isTooLong ? { maxSteps: steps } : {}) },
      },
    ],
  };
}
