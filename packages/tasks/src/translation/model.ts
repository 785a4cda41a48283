/** The network of a translator: attention between an LSTM encoder and an LSTM decoder, made for two vocabularies. */
import type { CellChoice } from "@cellstate/lstm-core";
import { Seq2Seq } from "@cellstate/seq2seq";
import type { Rng, Session } from "@cellstate/tensor";
import type { TranslatorModelConfig } from "./config.ts";
import type { TokenizerPair } from "./data.ts";

export function buildTranslator(
  config: TranslatorModelConfig,
  { source, target }: TokenizerPair,
  session: Session,
  { rng, cells }: { readonly rng: Rng; readonly cells?: readonly CellChoice[] },
): Seq2Seq {
  const model = new Seq2Seq(session, {
    config,
    source: { vocabSize: source.vocabSize, padId: source.padId },
    target: { vocabSize: target.vocabSize, padId: target.padId, bosId: target.bosId, eosId: target.eosId },
    stream: rng.stream("model"),
    cells,
  });
  const { vectors = {} } = config.embedding;
  if (vectors.source?.trainable === false) model.encoder.embedding.weight.setRequiresGrad(false);
  if (vectors.target?.trainable === false) model.decoder.embedding.weight.setRequiresGrad(false);
  return model;
}
