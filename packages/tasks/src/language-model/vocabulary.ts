/** The tokens of a language model: how lines become ids, and what stands for the end of a line and of a text. */
import type { Records } from "@cellstate/data";
import type { ReadFile, Tokenizer } from "@cellstate/tokenizers";
import { encodeText, fitTokenizer } from "../tokenizer/fit-tokenizer.ts";
import { tokensOf } from "../vectors/words.ts";
import type { LanguageModelConfig } from "./config.ts";

/** What a language model reads; what it is to give is in the text itself. */
export function languageFields({ unit }: LanguageModelConfig["text"]) {
  return { text: { kind: "text", running: unit === "stream" } } as const;
}
export type LanguageFields = ReturnType<typeof languageFields>;

/** Trains the tokenizer on the lines of train, line ends included where they are text, or reads it from its file. */
export async function fitVocabulary(
  { tokenizer, text }: LanguageModelConfig,
  train: Records<LanguageFields>,
  read: ReadFile,
): Promise<Tokenizer> {
  return await fitTokenizer(tokenizer, textsOf(train, text), {
    section: "tokenizer",
    specialTokens: ["unk", "eos"],
    needed: ["eos"],
    read,
  });
}

async function* textsOf(
  train: Records<LanguageFields>,
  { unit, documentSeparator }: LanguageModelConfig["text"],
): AsyncGenerator<string, void, undefined> {
  const end = unit === "stream" ? "\n" : "";
  for await (const { values } of train) if (values.text !== documentSeparator) yield values.text + end;
}

export class Vocabulary {
  readonly tokenizer: Tokenizer;
  /** Whether each line is a text of its own. */
  readonly isByLine: boolean;
  readonly documentSeparator: string | undefined;
  /** Ends a text, and stands before the first one. */
  readonly endId: number;
  /** The id of a line's end within a text: of the line feed, where that is a token. */
  readonly lineEnd: number;
  /** What the model has read before a text begins. */
  readonly startId: number;
  /** Whether each token is a character. */
  readonly isByCharacter: boolean;
  /** Stands for what the vocabulary lacks; undefined where nothing is unknown. */
  readonly unkId: number | undefined;

  constructor(tokenizer: Tokenizer, { text, tokenizer: section }: Pick<LanguageModelConfig, "text" | "tokenizer">) {
    const { unit, documentSeparator } = text;
    this.tokenizer = tokenizer;
    this.isByLine = unit === "line";
    this.documentSeparator = documentSeparator;
    this.endId = tokenizer.eosId;
    this.unkId = unkOf(tokenizer);
    this.isByCharacter =
      section.kind === "char" ||
      tokensOf(tokenizer).every((token, id) => tokenizer.isSpecial(id) || [...token].length === 1);
    // Encoded, a line feed alone may begin as words do, and is another token in bytes.
    const newline = tokenizer.tokenToId("\n") ?? encodeText(tokenizer, "\n").ids.at(-1) ?? this.endId;
    this.lineEnd = tokenizer.decode([newline]) === "\n" ? newline : this.endId;
    const hasEnds = this.isByLine || documentSeparator !== undefined;
    this.startId = hasEnds ? this.endId : this.lineEnd;
  }

  get size(): number {
    return this.tokenizer.vocabSize;
  }

  /** Whether the end token ever occurs. */
  get hasEnds(): boolean {
    return this.isByLine || this.documentSeparator !== undefined || !this.hasLineEnds;
  }

  /** What the end token is as text: an end of a line, or a line between two documents. */
  get endText(): string {
    return this.hasLineEnds ? `${this.documentSeparator ?? ""}\n` : "\n";
  }

  /** Whether line ends are tokens that decode to them, and not the end token. */
  get hasLineEnds(): boolean {
    return this.lineEnd !== this.endId;
  }

  /** The ids of a text, whose line ends within it are those of a stream. */
  encode(text: string): number[] {
    if (this.isByLine) return [...encodeText(this.tokenizer, text).ids];
    const lines = text.split("\n");
    return lines.flatMap((line, index) => {
      const ids = line === "" ? [] : [...encodeText(this.tokenizer, line).ids];
      return index === lines.length - 1 ? ids : [...ids, this.lineEnd];
    });
  }
}

function unkOf(tokenizer: Tokenizer): number | undefined {
  try {
    return tokenizer.unkId;
  } catch {
    return undefined;
  }
}
