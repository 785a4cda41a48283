/** How much each word of a text counts in the answer to it: what models that can tell it say, and how a text is cut where they do. */

/** Ways to find how much a word counts. */
export const ATTRIBUTION_KINDS = ["occlusion", "integrated-gradients"] as const;
/** One of {@link ATTRIBUTION_KINDS}. */
export type AttributionKind = (typeof ATTRIBUTION_KINDS)[number];

/** How answers are explained. */
export interface ExplainOptions {
  /**
   * `occlusion`: the answer's log-probability less that without the word (Zeiler and Fergus 2014; Li et al. 2016). `integrated-gradients`:
   * gradients by the word's vectors, from zero vectors to its own (Sundararajan et al. 2017), whose sum over all words is nearly what the
   * text adds to the log-probability of zero vectors. Default `occlusion`.
   */
  readonly kind?: AttributionKind | undefined;
  /** What occlusion puts in place of a word: `nothing`, so that the text is shorter, or the tokenizer's `unknown` token. Default `nothing`. */
  readonly replaceBy?: "nothing" | "unknown" | undefined;
  /** Points of integrated gradients between zero and the text, integer >= 1: more are closer and slower. Default 32. */
  readonly steps?: number | undefined;
}

/** A word and how much it counts. */
export interface WordAttribution {
  /** As it stands in the text. */
  readonly text: string;
  /** Where it begins, in UTF-16 code units. */
  readonly start: number;
  /** Where it ends, exclusive. */
  readonly end: number;
  /** Nats of the answer's log-probability that it brings: above 0 it speaks for the answer, below 0 against it. */
  readonly score: number;
}

/** The words of a text and how much each counts in the answer. */
export interface Attribution {
  readonly kind: AttributionKind;
  /** The answer that the scores speak for, such as the likeliest label. */
  readonly answer: string;
  /** Its probability, in `[0, 1]`. */
  readonly probability: number;
  /** In the order of the text; none for a text without tokens. */
  readonly words: readonly WordAttribution[];
}

/** A piece of a text: a word that counts so much, or what stands between words. */
export interface AttributedPiece {
  readonly text: string;
  /** Undefined between words. */
  readonly score?: number;
  /** The score by that of the word that counts most, in `[-1, 1]`: how strongly it is to be marked. Undefined between words. */
  readonly strength?: number;
}

/** Nats at which a word is marked in full even if no other counts more: where an answer hangs on no word, none stands out. */
const FULL_SCORE = 0.1;

/** Cuts a text at the words of an attribution; the pieces together are the text. */
export function attributedPieces(text: string, { words }: Pick<Attribution, "words">): AttributedPiece[] {
  const pieces: AttributedPiece[] = [];
  const full = words.reduce((most, { score }) => Math.max(most, Math.abs(score)), FULL_SCORE);
  let at = 0;
  for (const { start, end, score } of words) {
    if (start > at) pieces.push({ text: text.slice(at, start) });
    const from = Math.max(at, start);
    if (end > from) pieces.push({ text: text.slice(from, end), score, strength: score / full });
    at = Math.max(at, end);
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}
