/** From the lines of a split to pieces of text as ids, each with what stands before it. */
import type { Records } from "@cellstate/data";
import type { LanguageModelConfig } from "./config.ts";
import type { LanguageFields, Vocabulary } from "./vocabulary.ts";

/** Tokens of a segment: it ends with the line that reaches them. */
const SEGMENT_TOKENS = 1024;

/** Tokens before a segment that baselines look back on where the model itself comes from there. */
const BASELINE_CONTEXT = 16;

/** A piece of text. */
export interface TextExample {
  /** Its place in the split, from 0. */
  readonly index: number;
  /** What is scored; empty in train, where nobody shows it. */
  readonly text: string;
  /** What the model reads, one token before each that it is to foresee: `context + scored + 1` ids. */
  readonly ids: Int32Array;
  /** Tokens at the start that it foresees and that do not count. */
  readonly context: number;
  /** Characters (code points, line ends included) of what is scored. */
  readonly characters: number;
}

/** A text by itself, such as one that is to be predicted. */
export function textExample(text: string, index: number, vocabulary: Vocabulary): TextExample {
  const ends = vocabulary.isByLine ? [vocabulary.endId] : [];
  const ids = Int32Array.from([vocabulary.startId, ...vocabulary.encode(text), ...ends]);
  return { index, text, ids, context: 0, characters: lengthOf(text) + ends.length };
}

/** The examples of a split: its lines, or segments of its text. */
export async function examplesOf(
  records: Records<LanguageFields>,
  { evaluation }: Pick<LanguageModelConfig, "evaluation">,
  vocabulary: Vocabulary,
  split: string,
): Promise<TextExample[]> {
  const examples: TextExample[] = [];
  if (vocabulary.isByLine) {
    for await (const { values } of records) examples.push(textExample(values.text, examples.length, vocabulary));
    return examples;
  }
  const context = split === "train" ? 0 : evaluation.kind === "segments" ? evaluation.context : BASELINE_CONTEXT;
  const segments = new SegmentCutter(vocabulary, { context, keepsText: split !== "train" });
  for await (const { values } of records) {
    const segment = segments.add(values.text);
    if (segment !== undefined) examples.push(segment);
  }
  const last = segments.finish();
  return last === undefined ? examples : [...examples, last];
}

/** Cuts a stream of lines where a line ends. */
class SegmentCutter {
  readonly #vocabulary: Vocabulary;
  readonly #context: number;
  readonly #keepsText: boolean;
  /** The ids before the segment, the first of which is what a text begins from. */
  #before: number[];
  #ids: number[] = [];
  #lines: string[] = [];
  #characters = 0;
  #index = 0;

  constructor(
    vocabulary: Vocabulary,
    { context, keepsText }: { readonly context: number; readonly keepsText: boolean },
  ) {
    this.#vocabulary = vocabulary;
    this.#context = context;
    this.#keepsText = keepsText;
    this.#before = [vocabulary.startId];
  }

  /** Takes a line; gives a segment that it fills. */
  add(line: string): TextExample | undefined {
    const { documentSeparator, endId, lineEnd } = this.#vocabulary;
    if (line === documentSeparator) this.#ids.push(endId);
    else for (const id of [...this.#vocabulary.encode(line), lineEnd]) this.#ids.push(id);
    this.#characters += lengthOf(line) + 1;
    if (this.#keepsText) this.#lines.push(line);
    return this.#ids.length < SEGMENT_TOKENS ? undefined : this.finish();
  }

  /** What is left. */
  finish(): TextExample | undefined {
    if (this.#ids.length === 0) return undefined;
    const example: TextExample = {
      index: this.#index++,
      text: this.#lines.join("\n"),
      ids: Int32Array.from([...this.#before, ...this.#ids]),
      context: this.#before.length - 1,
      characters: this.#characters,
    };
    // concat and slice, since a line may be too long for a call's arguments
    this.#before = this.#before.concat(this.#ids).slice(-1 - this.#context);
    this.#ids = [];
    this.#lines = [];
    this.#characters = 0;
    return example;
  }
}

/** Characters of a text. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
