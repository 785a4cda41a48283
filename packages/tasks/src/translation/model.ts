/** The network of a translator: attention between an LSTM encoder and an LSTM decoder, made for two vocabularies. */
import type { CellChoice } from "@cellstate/lstm-core";
import { Seq2Seq } from "@cellstate/seq2seq";
import type { Seq2SeqConfig } from "@cellstate/seq2seq/config";
import type { Rng, Session } from "@cellstate/tensor";
import type { TokenizerPair } from "./data.ts";

export function buildTranslator(
  config: Seq2SeqConfig,
  { source, target }: TokenizerPair,
  session: Session,
  { rng, cells }: { readonly rng: Rng; readonly cells?: readonly CellChoice[] },
): Seq2Seq {
  return new Seq2Seq(session, {
    config,
    source: { vocabSize: source.vocabSize, padId: source.padId },
    target: { vocabSize: target.vocabSize, padId: target.padId, bosId: target.bosId, eosId: target.eosId },
    stream: rng.stream("model"),
    cells,
  });
}
