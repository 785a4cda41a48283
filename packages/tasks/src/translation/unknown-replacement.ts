/** Copies of source words in the places where a translator wrote its unknown token (Jean et al. 2015, section 3.3). */
import type { Hypothesis } from "@cellstate/seq2seq";
import type { Tokenizer } from "@cellstate/tokenizers";
import { encodeText } from "../tokenizer/fit-tokenizer.ts";

/** The mark that pieces carry where a word begins. */
const WORD_START = "\u2581";

/** Decodes hypotheses, each unknown token as the piece of the source that it looked at most. */
export class UnknownReplacer {
  readonly #source: Tokenizer;
  readonly #target: Tokenizer;
  /** Whether target tokens carry their own spaces, so that a copied word needs one. */
  readonly #marksWords: boolean;

  constructor(source: Tokenizer, target: Tokenizer) {
    this.#source = source;
    this.#target = target;
    this.#marksWords = marksWords(target);
  }

  /** @param source  the text that `ids` translate */
  decode(source: string, { ids, attentionWeights }: Pick<Hypothesis, "ids" | "attentionWeights">): string {
    const { unkId } = this.#target;
    const whole = this.#text(ids);
    if (!ids.includes(unkId)) return whole;
    const { offsets } = encodeText(this.#source, source);
    let output = "";
    let copied = 0; // characters of `whole` that are in `output`
    for (const [place, id] of ids.entries()) {
      if (id !== unkId) continue;
      const position = likeliest(attentionWeights[place]!, offsets.length);
      if (position === undefined) continue; // the source has no tokens
      const [start, end] = offsets[position]!;
      const unknownEnd = this.#text(ids.slice(0, place + 1)).length;
      const before = whole.slice(copied, unknownEnd - this.#unkLength());
      output += before;
      const piece = source.slice(start, end);
      const beginsWord = start === 0 || /^\s/u.test(piece);
      if (this.#marksWords && beginsWord && output !== "" && !/\s$/u.test(output)) output += " ";
      output += piece.trim();
      copied = unknownEnd;
    }
    return output + whole.slice(copied);
  }

  #text(ids: readonly number[]): string {
    return this.#target.decode(ids, { skipSpecialTokens: false });
  }

  #unkLength(): number {
    return this.#target.idToToken(this.#target.unkId)!.length;
  }
}

/** The place of the highest weight among the first `count`, the first of equals; the rest belongs to the source's end. */
function likeliest(weights: ArrayLike<number>, count: number): number | undefined {
  let best: number | undefined;
  for (let place = 0; place < count; place++) {
    if (best === undefined || weights[place]! > weights[best]!) best = place;
  }
  return best;
}

function marksWords(tokenizer: Tokenizer): boolean {
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    const token = tokenizer.idToToken(id);
    if (token !== undefined && token.length > 1 && token.startsWith(WORD_START)) {
      return !tokenizer.decode([id]).includes(WORD_START);
    }
  }
  return false;
}
