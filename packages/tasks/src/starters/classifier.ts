/** First configs of text classifiers: one column of texts, one of a few names. */
import type { Columns } from "@cellstate/data";
import {
  type Certainty,
  type ColumnFacts,
  type DataFacts,
  type Draft,
  FEWEST_PASSES,
  type Guess,
  isProse,
  listOf,
  passesWithin,
  rankIn,
  type Starter,
  textFacts,
  warmupOf,
} from "./starter.ts";

/** Usual names of columns that hold labels, the plainest first. */
const LABEL_NAMES = [
  ...["label", "class", "category", "sentiment", "polarity", "target", "topic", "intent", "stars", "star", "rating"],
  ...["score", "emotion", "tag", "type", "y", "标签", "类别", "情感"],
];
/** Usual names of columns that hold texts. */
const TEXT_NAMES = [
  ...["text", "sentence", "review", "content", "comment", "message", "body", "tweet", "document", "question"],
  ...["utterance", "sms", "description", "title", "name", "word", "文本", "内容", "评论"],
];
/** Labels that are opinions by themselves. */
const OPINION = /^(neg(ative)?|pos(itive)?|neutral|mixed|good|bad|great|负面|正面|中性|消极|积极|中立|好评|差评)$/iu;
/** Columns whose numbers are opinions, from worst to best. */
const GRADE_NAMES = ["stars", "star", "rating", "score", "sentiment", "polarity", "grade", "情感"];
/** The numbers of two opinions. */
const TWO_SIDES = /^(0|[+-]?1)$/;
const WHOLE_NUMBER = /^[+-]?\d+$/;

/** More names than these are rather texts, numbers or ids. */
const MAX_LABELS = 300;
/** Up to so many, even numbers and phrases are names. */
const MAX_UNNAMED = 20;
/** Letters of a longest usual label. */
const MAX_LABEL_CHARACTERS = 40;

/** Tokens that all passes together read: some minutes on two cores. */
const TOKEN_BUDGET = 6_000_000;
/** Share of the most frequent label from which the mean F1 of the labels chooses the weights. */
const UNBALANCED = 0.75;

/** @param opinions  whether the labels are those of opinions, as far as a guess goes */
export function classifierStarter(task: string, opinions: boolean): Starter {
  return {
    task,
    roles: ["text", "label"],
    guess: (data, given) => guess(data, given, opinions),
    draft,
  };
}

interface Choice {
  readonly column: ColumnFacts;
  readonly certainty: Certainty;
  readonly reason: string;
}

function guess(data: DataFacts, given: Columns, opinions: boolean): Guess {
  if (given.text === undefined && !data.columns.some(couldBeText)) {
    return { fault: "unfit", reason: "no column holds texts of several words" };
  }
  const label = chooseLabel(data, given);
  if ("fault" in label) return label;
  const text = chooseText(data, given, label.column.name);
  if ("fault" in text) return text;
  const values = [...(label.column.values?.keys() ?? [])];
  const kind = kindOf(values, label.column.name);
  const certainties: Certainty[] = [
    label.certainty,
    text.certainty,
    kind.opinions === opinions ? kind.certainty : "hardly",
  ];
  return {
    columns: { text: given.text ?? text.column.name, label: given.label ?? label.column.name },
    certainty: weakestOf(certainties),
    reasons: [
      `${label.column.distinct} labels: ${listOf(values)}; ${kind.reason}`,
      `label is column \`${label.column.name}\` (${label.certainty}): ${label.reason}`,
      `text is column \`${text.column.name}\` (${text.certainty}): ${text.reason}`,
    ],
  };
}

function weakestOf(certainties: readonly Certainty[]): Certainty {
  return (["hardly", "a guess", "likely"] as const).find((weak) => certainties.includes(weak)) ?? "sure";
}

/** Whether labels are opinions or names of kinds, which train in the same way. */
function kindOf(values: readonly string[], column: string) {
  if (values.every((value) => OPINION.test(value))) {
    return { opinions: true, certainty: "sure", reason: "these are opinions" } as const;
  }
  if (values.every((value) => WHOLE_NUMBER.test(value)) && rankIn(GRADE_NAMES, column) !== undefined) {
    return {
      opinions: true,
      certainty: "likely",
      reason: "by the column's name these are grades, from bad to good",
    } as const;
  }
  if (values.length === 2 && values.every((value) => TWO_SIDES.test(value))) {
    const reason = "they could be bad and good; if they are not, --task classification trains in the same way";
    return { opinions: true, certainty: "a guess", reason } as const;
  }
  return { opinions: false, certainty: "likely", reason: "these are names of kinds rather than opinions" } as const;
}

/** Whether a column may be what is read: running text, or words under a usual name. */
function couldBeText(column: ColumnFacts): boolean {
  return isProse(column) || (column.numbers < 0.5 && rankIn(TEXT_NAMES, column.name) !== undefined);
}

function chooseLabel({ columns }: DataFacts, given: Columns): Choice | Extract<Guess, { columns?: undefined }> {
  const named = typeof given.label === "string" ? given.label : given.label?.[0];
  if (named !== undefined) {
    const column = columns.find(({ name }) => name === named)!;
    if (column.distinct < 2)
      return { fault: "unfit", reason: `\`${named}\` has one value only; two labels are needed` };
    return { column, certainty: "sure", reason: "as given" };
  }
  const taken = new Set([given.text ?? []].flat());
  const able = columns.filter((column) => !taken.has(column.name) && couldBeLabel(column));
  const usual = able
    .map((column) => ({ column, rank: rankIn(LABEL_NAMES, column.name) }))
    .filter((one): one is { column: ColumnFacts; rank: number } => one.rank !== undefined)
    .sort((a, b) => a.rank - b.rank);
  const [best] = usual;
  if (best !== undefined) {
    const others = usual.slice(1).map(({ column }) => `\`${column.name}\``);
    const rest = others.length === 0 ? "" : `; ${listOf(others)} could be it, too`;
    return { column: best.column, certainty: others.length === 0 ? "sure" : "likely", reason: `by its name${rest}` };
  }
  const [only, ...more] = able;
  if (only === undefined)
    return { fault: "unfit", reason: "no column has a few names, two or more, that come again and again" };
  if (more.length > 0) {
    return {
      fault: "open",
      reason: `${listOf(able.map(({ name }) => `\`${name}\``))} could hold the labels (role label)`,
    };
  }
  return { column: only, certainty: "a guess", reason: "the only column with a few names that come again and again" };
}

function couldBeLabel(column: ColumnFacts): boolean {
  const { distinct, values, rows, blank, meanCharacters, numbers } = column;
  if (values === undefined || distinct < 2 || distinct > MAX_LABELS || 2 * distinct > rows - blank) return false;
  if (meanCharacters > MAX_LABEL_CHARACTERS) return false;
  // Many different numbers are measurements, and many different phrases are texts; neither are labels.
  return distinct <= MAX_UNNAMED || (numbers < 1 && !isProse(column));
}

function chooseText(
  { columns }: DataFacts,
  given: Columns,
  label: string,
): Choice | Extract<Guess, { columns?: undefined }> {
  const [named] = [given.text ?? []].flat();
  const rest = columns.filter(({ name }) => name !== label);
  if (named !== undefined)
    return { column: columns.find(({ name }) => name === named)!, certainty: "sure", reason: "as given" };
  const prose = rest.filter(isProse).sort((a, b) => b.meanCharacters - a.meanCharacters);
  const usual = rest
    .map((column) => ({ column, rank: rankIn(TEXT_NAMES, column.name) }))
    .filter((one): one is { column: ColumnFacts; rank: number } => one.rank !== undefined && one.column.numbers < 0.5)
    .sort((a, b) => Number(isProse(b.column)) - Number(isProse(a.column)) || a.rank - b.rank);
  const best = usual[0]?.column;
  if (best !== undefined) {
    const others = prose.filter((column) => column !== best && !couldBeLabel(column)).map(({ name }) => name);
    const joined = others.length === 0 ? "" : `; join others by --columns text=${[best.name, ...others].join("+")}`;
    return { column: best, certainty: isProse(best) ? "sure" : "likely", reason: `by its name${joined}` };
  }
  const [longest, second] = prose;
  if (longest === undefined) return { fault: "unfit", reason: "no column holds texts of several words" };
  return {
    column: longest,
    certainty: second === undefined ? "likely" : "a guess",
    reason:
      second === undefined
        ? "the only column of running text"
        : `its texts are the longest; \`${second.name}\` has texts, too`,
  };
}

function draft(data: DataFacts, { text = [], label = [] }: Columns): Draft {
  const { meanLength, byCharacter, isSpaceless } = textFacts(data, text);
  const counts = [...(data.columns.find(({ name }) => [label].flat().includes(name))?.values?.values() ?? [])];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const isUnbalanced = (counts[0] ?? 0) > UNBALANCED * total;
  const isSmall = data.rows < 2000;
  const most = Math.max(1000, Math.floor(TOKEN_BUDGET / FEWEST_PASSES / meanLength));
  const maxExamples = data.rows > most ? most : undefined;
  const rows = Math.min(data.rows, maxExamples ?? data.rows);
  const tokens = rows * meanLength;
  const size = isSmall ? 64 : 128;
  const batchSize = isSmall ? 16 : rows > 50_000 ? 64 : 32;
  const epochs = passesWithin(TOKEN_BUDGET, tokens, isSmall ? 20 : 10);
  const minFrequency = tokens > 100_000 ? 2 : 1;
  const unit = byCharacter ? "characters" : "words";
  return {
    maxExamples,
    reasons: [
      isSpaceless
        ? "tokenizer: characters, since the script puts no spaces between words"
        : byCharacter
          ? "tokenizer: characters, since most texts are a single word"
          : "tokenizer: words, since spaces stand between them",
      ...(isUnbalanced
        ? ["dev's mean F1 of the labels chooses the weights, since one label is far more frequent"]
        : []),
      `size: ${size} units, ${epochs} passes over about ${Math.round(tokens).toLocaleString("en")} ${unit}`,
    ],
    sections: [
      {
        key: "tokenizer",
        comment: byCharacter ? "texts are read character by character" : "rarer words are unknown",
        value: byCharacter
          ? { kind: "char", normalize: "nfkc", minFrequency }
          : { kind: "word", lowercase: true, minFrequency },
      },
      {
        key: "model",
        value: {
          embedding: { size, dropout: 0.3 },
          encoder: { kind: "lstm", hiddenSize: size, bidirectional: true },
          pooling: "max",
          dropout: 0.3,
          unkDropout: 0.05,
        },
      },
      ...(isUnbalanced
        ? [
            {
              key: "metrics",
              comment: "accuracy says little where one label is far more frequent",
              value: { select: "macroF1" },
            },
          ]
        : []),
      { key: "optimizer", value: { kind: "adamw", learningRate: 2e-3 } },
      { key: "schedule", value: { kind: "linear", warmupSteps: warmupOf(rows, batchSize, epochs) } },
      {
        key: "training",
        comment: `at most ${epochs} passes over the data; ends after 4 without a better score on dev`,
        value: { epochs, batchSize, clipNorm: 1, patience: 4 },
      },
    ],
  };
}
