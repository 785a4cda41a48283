/** The way of a text to its tokens: added tokens, normalizer, pre-tokenizer and model. */
import { type AddedToken, AddedTokenMatcher, type TextPart } from "./added-tokens.ts";
import { AlignedText } from "./aligned-text.ts";
import { type Encoding, EncodingBuilder } from "./encoding.ts";
import type { Model, ModelToken } from "./models/model.ts";
import type { Normalizer } from "./normalizers/normalizer.ts";
import { PieceCache } from "./piece-cache.ts";
import { onePiece } from "./pieces.ts";
import type { PreTokenizer } from "./pre-tokenizers/pre-tokenizer.ts";

export interface PipelineParts {
  readonly normalizer?: Normalizer | undefined;
  readonly preTokenizer?: PreTokenizer | undefined;
  readonly model: Model;
  readonly addedTokens: readonly AddedToken[];
}

/** Encodes texts; remembers the tokens of pieces. */
export class PipelineEncoder {
  readonly #parts: PipelineParts;
  readonly #rawMatcher: AddedTokenMatcher;
  readonly #normalizedMatcher: AddedTokenMatcher;
  readonly #cache = new PieceCache();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#rawMatcher = new AddedTokenMatcher(parts.addedTokens.filter((token) => !token.normalized));
    this.#normalizedMatcher = new AddedTokenMatcher(
      parts.addedTokens.filter((token) => token.normalized),
      parts.normalizer,
    );
  }

  /**
   * @param sequence 1 for the second text of a pair, else 0
   * @param matchAddedTokens whether to take added tokens for tokens where the text contains them
   */
  encode(text: string, sequence: 0 | 1, matchAddedTokens: boolean): Encoding {
    const builder = new EncodingBuilder();
    for (const { text: part, added } of this.#partsOf(AlignedText.of(text.toWellFormed()), matchAddedTokens)) {
      if (added === undefined) this.#encodePart(part, builder);
      else {
        const token = { id: added.id, token: part.text, start: 0, end: part.text.length };
        builder.ids.push(added.id);
        builder.add({ ...onePiece(part), tokens: [[token]] });
      }
    }
    return builder.build(sequence);
  }

  #partsOf(source: AlignedText, matchAddedTokens: boolean): TextPart[] {
    if (!matchAddedTokens) return [{ text: this.#normalize(source) }];
    return this.#rawMatcher
      .split(source)
      .flatMap((part) =>
        part.added === undefined ? this.#normalizedMatcher.split(this.#normalize(part.text)) : [part],
      );
  }

  #normalize(text: AlignedText): AlignedText {
    return this.#parts.normalizer?.normalize(text) ?? text;
  }

  #encodePart(part: AlignedText, builder: EncodingBuilder): void {
    const whole = onePiece(part);
    const { source, ranges } = this.#parts.preTokenizer?.cut(whole) ?? whole;
    const tokens = new Array<readonly ModelToken[]>(ranges.length / 2);
    for (let i = 0; i < tokens.length; i++) {
      tokens[i] = this.#encodePiece(source.text, ranges[2 * i] as number, ranges[2 * i + 1] as number, builder.ids);
    }
    builder.add({ source, ranges, tokens });
  }

  /** The tokens of the piece `[start, end)` of a text, with ranges in it; their ids are appended to `ids`. */
  #encodePiece(text: string, start: number, end: number, ids: number[]): readonly ModelToken[] {
    const known = this.#cache.get(text, start, end, ids);
    if (known !== undefined) return known;
    const { model, preTokenizer } = this.#parts;
    const tokens = tokenize(model, text.slice(start, end), preTokenizer?.rewrite);
    for (const { id } of tokens) ids.push(id);
    if (model.isRandom !== true) this.#cache.set(text, start, end, tokens);
    return tokens;
  }
}

function tokenize(model: Model, piece: string, rewrite: PreTokenizer["rewrite"]): readonly ModelToken[] {
  if (rewrite === undefined) return model.tokenize(piece);
  const rewritten = rewrite(AlignedText.of(piece));
  const tokens = model.tokenize(rewritten.text);
  if (rewritten.isInPlace) return tokens;
  return tokens.map(({ id, token, start, end }) => {
    const [from, to] = rewritten.originalRange(start, end);
    return { id, token, start: from, end: to };
  });
}
