/** First configs of taggers: a column of words, and one with a tag for each of them or with spans of the text. */
import type { Columns } from "@cellstate/data";
import {
  type ColumnFacts,
  type DataFacts,
  type Draft,
  type Guess,
  passesWithin,
  rankIn,
  type Starter,
} from "./starter.ts";

/** Usual names of columns that hold words or texts, the plainest first. */
const WORD_NAMES = ["token", "form", "word", "text"];
const TAG_NAMES = ["tag", "nertag", "ner", "upos", "postag", "pos", "xpos"];
const SPAN_NAMES = ["span", "entitie", "entity"];

/** Words that all passes together read: some minutes on two cores. */
const WORD_BUDGET = 1_500_000;
/** Words of train below which a small model trains longer. */
const FEW_WORDS = 60_000;

export const taggerStarter: Starter = {
  task: "tagging",
  roles: ["text"],
  optionalRoles: ["tags", "spans"],
  guess,
  draft,
};

function guess(data: DataFacts, given: Columns): Guess {
  const text = chosen(data, given.text, WORD_NAMES);
  const spans = chosen(data, given.spans, SPAN_NAMES);
  const tags = chosen(data, given.tags, TAG_NAMES);
  if (text === undefined) return { fault: "unfit", reason: "no column is called tokens, words or text" };
  if (tags !== undefined && (given.tags !== undefined || haveOneEach(text, tags))) {
    return {
      columns: { text: text.name, tags: tags.name },
      certainty: "sure",
      reasons: [
        `from column \`${text.name}\` to a tag for each word in column \`${tags.name}\` (sure): as many as words`,
      ],
    };
  }
  if (spans !== undefined) {
    return {
      columns: { text: text.name, spans: spans.name },
      certainty: "sure",
      reasons: [
        `from column \`${text.name}\` to the spans in column \`${spans.name}\` (sure): by the names of the columns`,
      ],
    };
  }
  return { fault: "unfit", reason: "no column holds a tag for each word, or spans" };
}

/** The column that was named, or the one with the plainest of the usual names. */
function chosen(
  data: DataFacts,
  given: Columns[string] | undefined,
  usual: readonly string[],
): ColumnFacts | undefined {
  const [named] = given === undefined ? [] : [given].flat();
  if (named !== undefined) return data.columns.find(({ name }) => name === named);
  const ranked = data.columns.flatMap((column) => {
    const rank = rankIn(usual, column.name);
    return rank === undefined ? [] : [{ column, rank }];
  });
  return ranked.sort((a, b) => a.rank - b.rank)[0]?.column;
}

/** Words that were cut already may hold blanks, so their number may seem a little larger. */
function haveOneEach(words: ColumnFacts, tags: ColumnFacts): boolean {
  return tags.meanLength >= 2 && words.meanLength >= tags.meanLength && words.meanLength <= 1.1 * tags.meanLength;
}

function draft(data: DataFacts, { text, tags }: Columns): Draft {
  const column = (role: Columns[string] | undefined) => data.columns.find(({ name }) => [role].flat().includes(name));
  const words = data.rows * (column(text)?.meanLength ?? 1);
  const tagColumn = column(tags);
  const isSpans = tagColumn === undefined || holdsSpans(tagColumn);
  const isSmall = words < FEW_WORDS;
  const epochs = passesWithin(WORD_BUDGET, words, 25);
  return {
    maxExamples: undefined,
    reasons: [
      isSpans ? "tags name spans of words (B-..., I-..., O), scored span by span" : "tags are those of single words",
      `size: ${isSmall ? 48 : 128} units in each direction, ${epochs} passes over about ${Math.round(words).toLocaleString("en")} words`,
    ],
    sections: [
      { key: "tags", value: { kind: isSpans ? "spans" : "words" } },
      {
        key: "model",
        value: {
          embedding: { size: isSmall ? 48 : 100, dropout: 0.3 },
          characters: { kind: "cnn" },
          encoder: { kind: "lstm", hiddenSize: isSmall ? 48 : 128, bidirectional: true },
          dropout: 0.3,
          decoder: isSpans ? "crf" : "softmax",
        },
      },
      { key: "optimizer", value: { kind: "adamw", learningRate: isSmall ? 5e-3 : 2e-3 } },
      {
        key: "training",
        comment: `at most ${epochs} passes over the data`,
        value: { epochs, batchSize: isSmall ? 16 : 32, clipNorm: 1 },
      },
    ],
  };
}

/** Whether tags are written as those of spans: what was seen of them has a `B-` or `I-`, and nothing but such and `O`. */
function holdsSpans({ first, values }: ColumnFacts): boolean {
  const seen = [first, ...(values?.keys() ?? [])].flatMap((row) => row.split(/\s+/));
  return seen.every((tag) => /^(O|[BIES]-.+)$/.test(tag)) && seen.some((tag) => tag !== "O");
}
