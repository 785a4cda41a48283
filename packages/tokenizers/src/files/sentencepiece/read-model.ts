/**
 * Turns a SentencePiece `.model` file into a tokenizer, by way of the equivalent tokenizer.json.
 *
 * Differences from SentencePiece: control symbols such as `<s>` are matched in a text unless `matchAddedTokens` is false;
 * normalization is that of the Precompiled stage, which takes a shorter match in rare clusters; the text after a
 * user-defined symbol that normalization changes, such as a tab, gets the space of `add_dummy_prefix` too.
 *
 * @see Kudo and Richardson 2018, arXiv:1808.06226
 */
import { addedTokenToJson, specialToken } from "../../added-tokens/added-tokens.ts";
import type { JsonObject } from "../../json.ts";
import { PrecompiledNormalizer } from "../../normalizers/precompiled.ts";
import { escapeRegExp } from "../../patterns/pattern.ts";
import { AlignedText } from "../../text/aligned-text.ts";
import { encodeBase64 } from "../../text/base64.ts";
import { Tokenizer } from "../../tokenizer.ts";
import { type NormalizerSpec, readModelProto, type SentencePiece, type SentencePieceModel } from "./model-proto.ts";

const SPACE = "▁";

/** More spaces than any text starts with. */
const MANY = 0x7fffffff;

/**
 * Reads a `.model` file of the kind unigram or BPE.
 *
 * @param bytes the contents of the file
 * @throws {SentencePieceFormatError} if they are no such file
 * @throws {TokenizerFormatError} if the file asks for what this package does not have
 */
export function readSentencePiece(bytes: Uint8Array): Tokenizer {
  return Tokenizer.fromJson(sentencePieceToJson(readModelProto(bytes)));
}

/** The value of a tokenizer.json that encodes as the model does. */
function sentencePieceToJson(model: SentencePieceModel): JsonObject {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(model),
    normalizer: normalizerJson(model.normalizer),
    pre_tokenizer: symbolsAreCutOut(model) ? symbolSplitJson(model) : null,
    post_processor: null,
    decoder: decoderJson(model),
    model: model.kind === "unigram" ? unigramJson(model) : bpeJson(model),
  };
}

/**
 * Special tokens, and the user-defined symbols that are to be found in the text as it stands: those that normalization
 * changes, and all of a BPE, which would take them apart, unless they are cut out.
 */
function addedTokens(model: SentencePieceModel): JsonObject[] {
  const { changed, kept } = symbolsOf(model);
  const symbols = new Set(model.kind === "unigram" || symbolsAreCutOut(model) ? changed : [...changed, ...kept]);
  return model.pieces.flatMap(({ piece, type }, id) => {
    if (type === "control" || type === "unknown") return [addedTokenToJson(specialToken(id, piece))];
    return symbols.has(piece) ? [addedTokenToJson({ ...specialToken(id, piece), special: false })] : [];
  });
}

/**
 * The text between added tokens is normalized part by part. Where that would put a space before a part, or take its own away,
 * symbols of a BPE are cut out of the normalized text instead.
 */
function symbolsAreCutOut(model: SentencePieceModel): boolean {
  const { addDummyPrefix, removeExtraWhitespaces } = model.normalizer;
  return model.kind === "bpe" && (addDummyPrefix || removeExtraWhitespaces) && symbolsOf(model).kept.length > 0;
}

function symbolSplitJson(model: SentencePieceModel): JsonObject {
  const longestFirst = symbolsOf(model).kept.sort((left, right) => right.length - left.length);
  const pattern = { Regex: longestFirst.map(escapeRegExp).join("|") };
  return { type: "Split", pattern, behavior: "Isolated", invert: false };
}

/** The user-defined symbols that can be found, those that normalization changes apart: spaces are "▁" by then. */
function symbolsOf({ pieces, normalizer }: SentencePieceModel): { changed: string[]; kept: string[] } {
  const { precompiledCharsmap, escapeWhitespaces } = normalizer;
  const charsmap = precompiledCharsmap.length === 0 ? undefined : new PrecompiledNormalizer(precompiledCharsmap);
  const changed: string[] = [];
  const kept: string[] = [];
  for (const { piece, type } of pieces) {
    if (type !== "userDefined" || (escapeWhitespaces && piece.includes(" "))) continue;
    const normalized = charsmap?.normalize(AlignedText.of(piece)).text ?? piece;
    const written = escapeWhitespaces ? normalized.replaceAll(" ", SPACE) : normalized;
    (written === piece ? kept : changed).push(piece);
  }
  return { changed, kept };
}

function normalizerJson(spec: NormalizerSpec): JsonObject {
  const space = spec.escapeWhitespaces ? SPACE : " ";
  const normalizers: JsonObject[] = [];
  if (spec.precompiledCharsmap.length > 0) {
    normalizers.push({ type: "Precompiled", precompiled_charsmap: encodeBase64(spec.precompiledCharsmap) });
  }
  if (spec.removeExtraWhitespaces) {
    // A run is looked at from its start only, which keeps the time linear.
    normalizers.push(
      replace({ Regex: `(?<![ ${space}])[ ${space}]+(?![\\s\\S])|(?<![\\s\\S]) +` }, ""),
      replace({ Regex: " {2,}" }, " "),
    );
  }
  if (spec.addDummyPrefix) normalizers.push({ type: "Prepend", prepend: space });
  if (spec.escapeWhitespaces) normalizers.push(replace({ String: " " }, SPACE));
  return { type: "Sequence", normalizers };
}

function decoderJson({ normalizer, byteFallback }: SentencePieceModel): JsonObject {
  const decoders: JsonObject[] = [replace({ String: SPACE }, " ")];
  if (byteFallback) decoders.push({ type: "ByteFallback" });
  decoders.push({ type: "Fuse" });
  const leading = normalizer.removeExtraWhitespaces ? MANY : Number(normalizer.addDummyPrefix);
  if (leading > 0) decoders.push({ type: "Strip", content: " ", start: leading, stop: 0 });
  return { type: "Sequence", decoders };
}

function replace(pattern: JsonObject, content: string): JsonObject {
  return { type: "Replace", pattern, content };
}

function unigramJson({ pieces, byteFallback }: SentencePieceModel): JsonObject {
  const normal = pieces.filter(({ type }) => type === "normal").map(({ score }) => score);
  const least = normal.reduce((a, b) => Math.min(a, b), 0);
  const most = normal.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return {
    type: "Unigram",
    unk_id: unkIdOf(pieces),
    vocab: pieces.map((piece) => [
      piece.piece,
      piece.type === "userDefined" ? userDefinedScore(piece.piece, least, most) : piece.score,
    ]),
    byte_fallback: byteFallback,
  };
}

/** A little less than the best that the bytes could score as other tokens, which keeps the longest symbol whole. */
function userDefinedScore(piece: string, least: number, most: number): number {
  return Math.max(least, new TextEncoder().encode(piece).length * most - 0.1);
}

function bpeJson(model: SentencePieceModel): JsonObject {
  const { pieces, byteFallback } = model;
  const unkId = unkIdOf(pieces);
  return {
    type: "BPE",
    dropout: null,
    unk_token: unkId === null ? null : (pieces[unkId]?.piece ?? null),
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: true,
    byte_fallback: byteFallback,
    ignore_merges: symbolsAreCutOut(model), // a symbol that was cut out is a token as it is,
    vocab: Object.fromEntries(pieces.map(({ piece }, id) => [piece, id])),
    merges: mergesOf(pieces),
  };
}

function unkIdOf(pieces: readonly SentencePiece[]): number | null {
  const id = pieces.findIndex(({ type }) => type === "unknown");
  return id === -1 ? null : id;
}

/** Every way to make a piece of two others, in the order of the scores: the file itself does not list merges. */
function mergesOf(pieces: readonly SentencePiece[]): [left: string, right: string][] {
  const ids = new Map<string, number>();
  for (const [id, { piece, type }] of pieces.entries()) if (type === "normal") ids.set(piece, id);
  const lengths = new Set(Array.from(ids.keys(), (piece) => piece.length));
  return pieces
    .filter(({ type }) => type === "normal")
    .sort((left, right) => right.score - left.score)
    .flatMap(({ piece }) => splitsOf(piece, ids, lengths));
}

/** @param lengths that pieces have, which spares most looks into a very long piece */
function splitsOf(
  piece: string,
  ids: ReadonlyMap<string, number>,
  lengths: ReadonlySet<number>,
): [left: string, right: string][] {
  const splits: { readonly parts: [string, string]; readonly leftId: number; readonly rightId: number }[] = [];
  for (let at = 1; at < piece.length; at++) {
    if (!lengths.has(at) || !lengths.has(piece.length - at)) continue;
    const parts: [string, string] = [piece.slice(0, at), piece.slice(at)];
    const leftId = ids.get(parts[0]);
    const rightId = ids.get(parts[1]);
    if (leftId !== undefined && rightId !== undefined) splits.push({ parts, leftId, rightId });
  }
  return splits.sort((a, b) => a.leftId - b.leftId || a.rightId - b.rightId).map(({ parts }) => parts);
}
