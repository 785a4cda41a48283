/**
 * Turns a SentencePiece `.model` file into a tokenizer that gives what SentencePiece gives. Its stages are this package's own,
 * also in a tokenizer.json: Hugging Face's library has none that decide ties, match symbols, normalize or decode so.
 *
 * @see Kudo and Richardson 2018, arXiv:1808.06226
 */
import { type AddedToken, specialToken } from "../../added-tokens/added-tokens.ts";
import { SentencePieceDecoder } from "../../decoders/sentencepiece.ts";
import { SentencePieceModel } from "../../models/sentencepiece/model.ts";
import { SentencePieceNormalizer } from "../../normalizers/sentencepiece.ts";
import { Tokenizer } from "../../tokenizer.ts";
import { type NormalizerSpec, readModelProto, type SentencePieceModelProto } from "./model-proto.ts";

/**
 * Reads a `.model` file of any kind: unigram, BPE, word or char.
 *
 * Control symbols such as `<s>` are special tokens that no text gives; the unknown piece is decoded as its surface, " ⁇ "
 * unless the file has another.
 *
 * @param bytes the contents of the file
 * @throws {SentencePieceFormatError} if they are no such file, or one that SentencePiece would refuse
 */
export function readSentencePiece(bytes: Uint8Array): Tokenizer {
  const proto = readModelProto(bytes);
  const { algorithm, pieces, byteFallback, treatWhitespaceAsSuffix } = proto;
  const userDefinedSymbols = pieces.filter(({ type }) => type === "user_defined").map(({ piece }) => piece);
  return new Tokenizer({
    addedTokens: addedTokensOf(proto),
    normalizer: normalizerOf(proto.normalizer, { treatWhitespaceAsSuffix, userDefinedSymbols }),
    model: new SentencePieceModel({ algorithm, pieces, byteFallback }),
    decoder: decoderOf(proto),
  });
}

/** The symbols that stand for no text; the unknown piece is not special, because decoding writes it. */
function addedTokensOf({ pieces }: SentencePieceModelProto): AddedToken[] {
  return pieces.flatMap(({ piece, type }, id) =>
    type === "control" || type === "unknown"
      ? [{ ...specialToken(id, piece), special: type === "control", matched: false }]
      : [],
  );
}

function normalizerOf(
  spec: NormalizerSpec,
  options: { readonly treatWhitespaceAsSuffix?: boolean; readonly userDefinedSymbols?: readonly string[] } = {},
): SentencePieceNormalizer {
  return new SentencePieceNormalizer({ ...spec, ...options });
}

function decoderOf({ pieces, normalizer, denormalizer, byteFallback, unkSurface }: SentencePieceModelProto) {
  const { addDummyPrefix, removeExtraWhitespaces } = normalizer;
  const changes = denormalizer !== undefined && denormalizer.precompiledCharsmap.length > 0;
  return new SentencePieceDecoder({
    unkToken: pieces.find(({ type }) => type === "unknown")?.piece ?? "",
    unkSurface,
    byteFallback,
    addDummyPrefix,
    removeExtraWhitespaces,
    denormalizer: changes ? normalizerOf(denormalizer) : undefined,
  });
}
