/** First configs of translators: two columns of texts, of which one is made of the other. */
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
  type TextFacts,
  textFacts,
  warmupOf,
} from "./starter.ts";

const SOURCE_NAMES = ["source", "src", "input", "question", "原文"];
const TARGET_NAMES = ["target", "tgt", "output", "translation", "answer", "译文"];

/** Tokens of both sides that all passes together read: some minutes on two cores. */
const TOKEN_BUDGET = 3_000_000;

export const translatorStarter: Starter = {
  task: "translation",
  roles: ["source", "target"],
  guess,
  draft,
};

function guess(data: DataFacts, given: Columns): Guess {
  const free = (taken: readonly string[]) => data.columns.filter(({ name }) => !taken.includes(name));
  const [source] = [given.source ?? []].flat();
  const [target] = [given.target ?? []].flat();
  if (source !== undefined && target !== undefined) {
    return { columns: given, certainty: "sure", reasons: ["source and target: as given"] };
  }
  const named = (usual: readonly string[]) => data.columns.find(({ name }) => rankIn(usual, name) !== undefined)?.name;
  const usualSource = source ?? named(SOURCE_NAMES);
  const usualTarget = target ?? named(TARGET_NAMES);
  if (usualSource !== undefined && usualTarget !== undefined) {
    return found(usualSource, usualTarget, "sure", "by the names of the columns");
  }
  const languages = data.columns.filter(({ name }) => languageOf(name) !== undefined).map(({ name }) => name);
  const prose = data.columns.filter(isProse).map(({ name }) => name);
  const candidates = languages.length >= 2 ? languages : prose;
  const texts = free([source ?? target ?? []].flat())
    .map(({ name }) => name)
    .filter((name) => candidates.includes(name));
  if (source !== undefined && texts.length === 1)
    return found(source, texts[0]!, "likely", "the other column of texts");
  if (target !== undefined && texts.length === 1)
    return found(texts[0]!, target, "likely", "the other column of texts");
  if (source === undefined && target === undefined && languages.length === 2) {
    const [first = "", second = ""] = languages;
    const pair = `${languageOf(first)} and ${languageOf(second)} by the names`;
    return found(first, second, "likely", `${pair}; the other way: --columns source=${second},target=${first}`);
  }
  if (source === undefined && target === undefined) {
    const [first, second] = pairOf(texts, data);
    if (first !== undefined && second !== undefined) {
      const why = `\`${listOf(texts)}\` could be either; another pair: --columns source=${second},target=${texts.find((name) => name !== second)}`;
      return found(first, second, "a guess", why);
    }
  }
  if (texts.length < 2) return { fault: "unfit", reason: "there are no two columns of texts that belong together" };
  const [first = "", second = ""] = texts;
  const wanted = `--columns source=${source ?? first},target=${target ?? (source === undefined && target === undefined ? second : first)}`;
  return {
    fault: "open",
    reason: `${listOf(texts.map((name) => `\`${name}\``))} could be source and target, such as ${wanted}`,
  };
}

function found(source: string, target: string, certainty: Certainty, why: string): Guess {
  return {
    columns: { source, target },
    certainty,
    reasons: [`from column \`${source}\` to column \`${target}\` (${certainty}): ${why}`],
  };
}

/**
 * Two of the columns of texts, where nothing else in the data could be learned: from English, if one is called so, to the first
 * other one.
 */
function pairOf(texts: readonly string[], { columns }: DataFacts): readonly string[] {
  const isOther = ({ name, values, rows }: ColumnFacts) =>
    !texts.includes(name) && values !== undefined && 2 * values.size < rows;
  if (columns.some(isOther)) return [];
  const source = texts.find((name) => languageOf(name) === "English") ?? texts[0];
  return [source, texts.find((name) => name !== source)].filter((name) => name !== undefined);
}

/** The language that a column is called after, by its code or by its English name; undefined where it is called otherwise. */
function languageOf(name: string): string | undefined {
  const plain = name.toLowerCase();
  const code = /^([a-z]{2}|eng|deu|ger|fra|spa|ita|por|nld|rus|zho|cmn|jpn|kor|ara)([-_][a-z0-9]+)*$/.exec(plain)?.[1];
  const called = code === undefined ? undefined : englishName(code);
  if (called !== undefined && called.toLowerCase() !== code) return called;
  return LANGUAGES.find((language) => language.toLowerCase() === plain);
}

const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });
const englishName = (code: string) => (NO_LANGUAGES.has(code) ? undefined : names.of(code));
/** Codes that are rather words. */
const NO_LANGUAGES = new Set(["id", "is", "no", "to", "as", "my", "or"]);
const LANGUAGES = [
  "en",
  "de",
  "fr",
  "es",
  "it",
  "pt",
  "nl",
  "pl",
  "ru",
  "uk",
  "tr",
  "ar",
  "hi",
  "zh",
  "ja",
  "ko",
  "vi",
  "th",
].map((code) => names.of(code) ?? code);

function draft(data: DataFacts, { source = [], target = [] }: Columns): Draft {
  const sides = [textFacts(data, source), textFacts(data, target)] as const;
  const [from, to] = sides;
  const perRow = from.meanLength + to.meanLength;
  const most = Math.max(1000, Math.floor(TOKEN_BUDGET / FEWEST_PASSES / perRow));
  const maxExamples = data.rows > most ? most : undefined;
  const rows = Math.min(data.rows, maxExamples ?? data.rows);
  const isSmall = rows < 5000;
  const batchSize = isSmall ? 32 : 64;
  const epochs = passesWithin(TOKEN_BUDGET, rows * perRow, isSmall ? 30 : 10);
  const longest = Math.ceil(Math.max(from.longLength, to.longLength) / 5) * 10;
  const kinds = sides.map((side) => tokenizerOf(side, rows));
  const [sourceKind, targetKind] = kinds;
  return {
    maxExamples,
    reasons: [
      `tokenizer: ${describe(from)} of the source, ${describe(to)} of the target`,
      `size: 128 units, ${epochs} passes over about ${Math.round(rows * perRow).toLocaleString("en")} words or characters`,
    ],
    sections: [
      { key: "tokenizer", comment: "a vocabulary for each side", value: { source: sourceKind, target: targetKind } },
      {
        key: "model",
        value: {
          embedding: { size: 128, dropout: 0.2 },
          encoder: { kind: "lstm", hiddenSize: 128, bidirectional: true, dropout: 0.2 },
          attention: { kind: "general" },
          decoder: { kind: "lstm", hiddenSize: 128, inputFeeding: true, dropout: 0.2 },
        },
      },
      { key: "maxLength", comment: "training pairs with more tokens than this on a side are left out", value: longest },
      { key: "search", value: { beamSize: 4, maxDecodeLen: longest } },
      {
        key: "metrics",
        comment: "quicker than BLEU, which would translate all of dev after each pass",
        value: { select: "loss" },
      },
      { key: "optimizer", value: { kind: "adamw", learningRate: 2e-3 } },
      { key: "schedule", value: { kind: "linear", warmupSteps: warmupOf(rows, batchSize, epochs) } },
      { key: "training", comment: `at most ${epochs} passes over the data`, value: { epochs, batchSize, clipNorm: 1 } },
    ],
  };
}

function tokenizerOf({ byCharacter, isSpaceless }: TextFacts, rows: number): object {
  if (byCharacter) return { kind: "char", ...(isSpaceless ? { normalize: "nfkc" } : {}) };
  return { kind: "bpe", normalize: "nfkc", vocabSize: rows < 5000 ? 2000 : 4000 };
}

function describe({ byCharacter, isSpaceless }: TextFacts): string {
  if (isSpaceless) return "characters (no spaces between words)";
  return byCharacter ? "characters (single words)" : "parts of words";
}
