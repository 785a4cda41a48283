/** What a pre-tokenizer is: it cuts a normalized text into the pieces that the model sees one by one. */
import type { AlignedText } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";

export interface PreTokenizer {
  /** The pieces in order; none is empty. */
  split(text: AlignedText): AlignedText[];
  /** The same as `split` in steps that let the tokenizer remember equal pieces, where the pre-tokenizer can do that. */
  readonly cutter?: PieceCutter | undefined;
  /** The value of `pre_tokenizer` in tokenizer.json. */
  toJson(): JsonObject;
}

/** A pre-tokenizer in steps: `prepare` the text, `cut` it into ranges, `rewrite` each without regard to the others. */
export interface PieceCutter {
  /** The text to cut, not empty. */
  prepare(text: AlignedText): AlignedText;
  /** Starts and ends of the pieces in UTF-16 code units, in turn and in rising order; none is empty. */
  cut(text: string): readonly number[];
  /** What the model is to see of a piece; never empty. */
  rewrite(piece: AlignedText): AlignedText;
}

/** The pieces that a cutter makes: `split` in terms of it. */
export function splitByCutter(cutter: PieceCutter, source: AlignedText): AlignedText[] {
  if (source.text === "") return [];
  const text = cutter.prepare(source);
  const ranges = cutter.cut(text.text);
  const pieces: AlignedText[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    pieces.push(cutter.rewrite(text.slice(ranges[i] ?? 0, ranges[i + 1] ?? 0)));
  }
  return pieces;
}
