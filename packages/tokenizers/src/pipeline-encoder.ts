/** From a text to its tokens: added tokens, normalizer, pre-tokenizer and model. */
import { type AddedToken, AddedTokenMatcher, type TextPart } from "./added-tokens/added-tokens.ts";
import type { Encoding } from "./encoding/encoding.ts";
import { EncodingBuilder } from "./encoding/encoding-builder.ts";
import { stopsEarly, type TruncationOptions, withinPieces } from "./encoding/truncation.ts";
import { PieceCache } from "./lookup/piece-cache.ts";
import type { Model, ModelToken } from "./models/model.ts";
import type { Normalizer } from "./normalizers/normalizer.ts";
import type { PreTokenizer } from "./pre-tokenizers/pre-tokenizer.ts";
import { AlignedText } from "./text/aligned-text.ts";
import { onePiece, type Pieces, type RangeCutter } from "./text/pieces.ts";

interface PipelineParts {
  readonly normalizer?: Normalizer | undefined;
  readonly preTokenizer?: PreTokenizer | undefined;
  readonly model: Model;
  readonly addedTokens: readonly AddedToken[];
}

/** Which added tokens are matched in a text: all, none, or "ordinary", those that are not special. */
export type AddedTokenChoice = boolean | "ordinary";

/** Encodes texts, and caches the tokens of pieces. */
export class PipelineEncoder {
  readonly #parts: PipelineParts;
  readonly #all: Matchers;
  readonly #ordinary: Matchers;
  readonly #cache = new PieceCache();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    const matched = parts.addedTokens.filter((token) => token.matched !== false);
    this.#all = matchersOf(matched, parts.normalizer);
    this.#ordinary = matchersOf(
      matched.filter((token) => !token.special),
      parts.normalizer,
    );
  }

  /**
   * @param sequence 0, or 1 for the second text of a pair
   * @param matchAddedTokens which added tokens to match
   * @param truncation applied only if it says `stopEarly`
   */
  encode(
    text: string,
    sequence: 0 | 1,
    matchAddedTokens: AddedTokenChoice,
    truncation?: TruncationOptions | null,
  ): Encoding {
    const builder = new EncodingBuilder();
    for (const { text: part, added } of this.#partsOf(AlignedText.ofText(text), matchAddedTokens)) {
      if (added === undefined) this.#encodePart(part, builder);
      else {
        const token = { id: added.id, token: part.text, start: 0, end: part.text.length };
        builder.ids.push(added.id);
        builder.add({ ...onePiece(part), tokensOf: () => [token] }, true);
      }
    }
    const encoding = builder.build(sequence);
    if (!truncation || !stopsEarly(truncation, sequence)) return encoding;
    return withinPieces(encoding, builder.addedWords, truncation);
  }

  #partsOf(source: AlignedText, choice: AddedTokenChoice): TextPart[] {
    if (choice === false) return [{ text: this.#normalize(source) }];
    const { raw, normalized } = choice === true ? this.#all : this.#ordinary;
    const parts: TextPart[] = [];
    for (const part of raw.split(source)) {
      if (part.added === undefined) parts.push(...normalized.split(this.#normalize(part.text)));
      else parts.push(part);
    }
    return parts;
  }

  #normalize(text: AlignedText): AlignedText {
    return this.#parts.normalizer?.normalize(text) ?? text;
  }

  #encodePart(part: AlignedText, builder: EncodingBuilder): void {
    const whole = onePiece(part);
    const { model, preTokenizer } = this.#parts;
    const pieces = preTokenizer?.cut(whole) ?? whole;
    const cut = preTokenizer?.rewrite === undefined ? model.cut : undefined;
    const { source, ranges, wordEnds } = cut === undefined ? { ...pieces, wordEnds: undefined } : cutWords(pieces, cut);
    const { text } = source;
    if (model.isRandom) {
      const tokens = this.#tokensOfAll(text, ranges);
      for (const each of tokens) for (const { id } of each) builder.ids.push(id);
      builder.add({ source, ranges, wordEnds, tokensOf: (piece) => tokens[piece] ?? [] });
      return;
    }
    for (let i = 0; i < ranges.length; i += 2) {
      this.#appendIds(text, ranges[i] as number, ranges[i + 1] as number, builder.ids);
    }
    builder.add({
      source,
      ranges,
      wordEnds,
      tokensOf: (piece) => this.#tokensOf(text, ranges[2 * piece] as number, ranges[2 * piece + 1] as number),
    });
  }

  /** Appends the ids of the piece `[start, end)` of a text. */
  #appendIds(text: string, start: number, end: number, ids: number[]): void {
    if (this.#cache.appendIds(text, start, end, ids)) return;
    const from = ids.length;
    const { model, preTokenizer } = this.#parts;
    appendIds(model, text.slice(start, end), preTokenizer?.rewrite, ids);
    this.#cache.setIds(text, start, end, ids, from);
  }

  /** The tokens of the piece `[start, end)` of a text, with ranges in it. */
  #tokensOf(text: string, start: number, end: number): readonly ModelToken[] {
    const { model, preTokenizer } = this.#parts;
    return this.#cache.tokens(text, start, end, () => tokenize(model, text.slice(start, end), preTokenizer?.rewrite));
  }

  #tokensOfAll(text: string, ranges: readonly number[]): (readonly ModelToken[])[] {
    const { model, preTokenizer } = this.#parts;
    const tokens: (readonly ModelToken[])[] = [];
    for (let i = 0; i < ranges.length; i += 2) {
      tokens.push(tokenize(model, text.slice(ranges[i], ranges[i + 1]), preTokenizer?.rewrite));
    }
    return tokens;
  }
}

/** What is looked for in the text as it stands, and in what normalization makes of the rest. */
interface Matchers {
  readonly raw: AddedTokenMatcher;
  readonly normalized: AddedTokenMatcher;
}

function matchersOf(tokens: readonly AddedToken[], normalizer: Normalizer | undefined): Matchers {
  return {
    raw: new AddedTokenMatcher(tokens.filter((token) => !token.normalized)),
    normalized: new AddedTokenMatcher(
      tokens.filter((token) => token.normalized),
      normalizer,
    ),
  };
}

/** Cuts each piece, a word, further, and says how many parts there are up to its end. */
function cutWords({ source, ranges }: Pieces, cut: RangeCutter): Pieces & { readonly wordEnds: readonly number[] } {
  const finer: number[] = [];
  const wordEnds: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    cut(source.text, ranges[i] as number, ranges[i + 1] as number, finer);
    wordEnds.push(finer.length / 2);
  }
  return { source, ranges: finer, wordEnds };
}

function tokenize(model: Model, piece: string, rewrite: PreTokenizer["rewrite"]): readonly ModelToken[] {
  if (rewrite === undefined) return model.tokenize(piece);
  const rewritten = rewrite(AlignedText.of(piece));
  const tokens = model.tokenize(rewritten.text);
  if (rewritten.isInPlace) return tokens;
  return tokens.map(({ id, token, start, end }) => ({
    id,
    token,
    start: rewritten.originalStart(start),
    end: rewritten.originalEnd(end - 1),
  }));
}

function appendIds(model: Model, piece: string, rewrite: PreTokenizer["rewrite"], ids: number[]): void {
  const rewritten = rewrite === undefined ? piece : rewrite(AlignedText.of(piece)).text;
  if (model.appendIds !== undefined) model.appendIds(rewritten, ids);
  else for (const { id } of model.tokenize(rewritten)) ids.push(id);
}
