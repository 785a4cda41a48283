/** Adds special tokens around an encoded text by a template, such as `<s> $A </s>`. */
import { addedEncoding, type Encoding } from "../encoding/encoding.ts";
import { TokenizerFormatError } from "../errors.ts";
import {
  asArray,
  asChoice,
  asFields,
  asId,
  asString,
  child,
  describe,
  type JsonFields,
  type JsonObject,
  objectFromPairs,
  optional,
} from "../json.ts";
import type { PostProcessor } from "./post-processor.ts";

/** One piece of a template: a special token by name, or a text (`A`, and `B` of a pair). */
export type TemplatePiece =
  | { readonly kind: "special"; readonly id: string; readonly typeId: number }
  | { readonly kind: "sequence"; readonly id: "A" | "B"; readonly typeId: number };

/** The ids of a special token of a template. */
export interface TemplateToken {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
}

export interface TemplateOptions {
  readonly single: readonly TemplatePiece[];
  /** The template of a pair. */
  readonly pair: readonly TemplatePiece[];
  readonly specialTokens: ReadonlyMap<string, TemplateToken>;
}

const PAIR_WITHOUT_TOKENS: readonly TemplatePiece[] = [
  { kind: "sequence", id: "A", typeId: 0 },
  { kind: "sequence", id: "B", typeId: 1 },
];

export class TemplateProcessor implements PostProcessor {
  readonly #options: TemplateOptions;

  constructor(options: TemplateOptions) {
    this.#options = options;
  }

  /** The template `before… A after…`, of tokens with one id each. */
  static around(before: readonly TokenWithId[], after: readonly TokenWithId[]): TemplateProcessor {
    const special = ({ token }: TokenWithId): TemplatePiece => ({ kind: "special", id: token, typeId: 0 });
    return new TemplateProcessor({
      single: [...before.map(special), { kind: "sequence", id: "A", typeId: 0 }, ...after.map(special)],
      pair: PAIR_WITHOUT_TOKENS,
      specialTokens: new Map(
        [...before, ...after].map(({ token, id }) => [token, { ids: [id], tokens: [token] }] as const),
      ),
    });
  }

  addedTokens(isPair: boolean): number {
    return this.#template(isPair).reduce(
      (count, piece) => count + (piece.kind === "special" ? this.#token(piece.id).ids.length : 0),
      0,
    );
  }

  /** The encodings in the template's order, its tokens between them at offsets `[0, 0]`. */
  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[] {
    const parts: Encoding[] = [];
    for (const piece of this.#template(encodings.length > 1)) {
      if (piece.kind === "sequence") {
        const encoding = encodings[piece.id === "A" ? 0 : 1];
        if (encoding !== undefined) parts.push(withTypeId(encoding, piece.typeId));
      } else if (addSpecialTokens) {
        const { ids, tokens } = this.#token(piece.id);
        parts.push(addedEncoding(ids, tokens, { typeId: piece.typeId }));
      }
    }
    return parts;
  }

  toJson(): JsonObject {
    return {
      type: "TemplateProcessing",
      single: this.#options.single.map(pieceToJson),
      pair: this.#options.pair.map(pieceToJson),
      special_tokens: objectFromPairs(
        Array.from(
          this.#options.specialTokens,
          ([name, { ids, tokens }]) => [name, { id: name, ids, tokens }] as const,
        ),
      ),
    };
  }

  #template(isPair: boolean): readonly TemplatePiece[] {
    return isPair ? this.#options.pair : this.#options.single;
  }

  #token(name: string): TemplateToken {
    return this.#options.specialTokens.get(name) ?? { ids: [], tokens: [] };
  }
}

interface TokenWithId {
  readonly token: string;
  readonly id: number;
}

/** Overflowing parts keep their type ids, as in Hugging Face's library. */
function withTypeId(encoding: Encoding, typeId: number): Encoding {
  return encoding.withOwnColumns((columns) => ({ ...columns, typeIds: columns.typeIds.map(() => typeId) }));
}

function pieceToJson(piece: TemplatePiece): JsonObject {
  const value = { id: piece.id, type_id: piece.typeId };
  return piece.kind === "special" ? { SpecialToken: value } : { Sequence: value };
}

/**
 * Reads the options of TemplateProcessing.
 *
 * @throws {TokenizerFormatError} naming the key path
 */
export function readTemplateOptions(fields: JsonFields, path: string): TemplateOptions {
  const specialsAt = child(path, "special_tokens");
  const specialTokens = new Map<string, TemplateToken>();
  for (const [name, token] of asFields(fields.get("special_tokens"), specialsAt)) {
    specialTokens.set(name, readTemplateToken(token, child(specialsAt, name)));
  }
  const readTemplate = (template: unknown, at: string) =>
    asArray(template, at).map((piece, index) => readPiece(piece, child(at, index), specialTokens));
  return {
    single: readTemplate(fields.get("single"), child(path, "single")),
    pair: optional(fields, "pair", path, readTemplate, PAIR_WITHOUT_TOKENS),
    specialTokens,
  };
}

function readTemplateToken(value: unknown, path: string): TemplateToken {
  const fields = asFields(value, path);
  const idsAt = child(path, "ids");
  const tokensAt = child(path, "tokens");
  const ids = asArray(fields.get("ids"), idsAt).map((id, index) => asId(id, child(idsAt, index)));
  const tokens = asArray(fields.get("tokens"), tokensAt).map((token, index) => asString(token, child(tokensAt, index)));
  if (ids.length !== tokens.length) {
    throw new TokenizerFormatError(tokensAt, `as many tokens as ids, ${ids.length}`, String(tokens.length));
  }
  return { ids, tokens };
}

function readPiece(value: unknown, path: string, specialTokens: ReadonlyMap<string, TemplateToken>): TemplatePiece {
  const fields = asFields(value, path);
  const isSpecial = fields.has("SpecialToken");
  const key = isSpecial ? "SpecialToken" : "Sequence";
  const at = child(path, key);
  const inner = asFields(fields.get(key), at);
  const typeId = optional(inner, "type_id", at, asId, 0);
  const idAt = child(at, "id");
  if (!isSpecial) return { kind: "sequence", id: asChoice(inner.get("id"), ["A", "B"], idAt), typeId };
  const id = asString(inner.get("id"), idAt);
  if (!specialTokens.has(id)) throw new TokenizerFormatError(idAt, "a key of special_tokens", describe(id));
  return { kind: "special", id, typeId };
}
