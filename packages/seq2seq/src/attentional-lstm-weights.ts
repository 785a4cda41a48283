/** Which decoders run their steps as one op, `attentionalLstm`: those of one plain LSTM layer. All others compose their steps. */
import { type Linear, Lstm, type RecurrentModule } from "@cellstate/lstm-core";
import type { AttentionalLstmWeights } from "@cellstate/tensor";
import type { Attention } from "./attention/attention.ts";
import type { DecoderConfig } from "./config.ts";

/** The op's weights; undefined where it does not do what the decoder's layers do. */
export function attentionalLstmWeights(
  recurrent: RecurrentModule,
  config: DecoderConfig,
  attention: Attention,
  combine: Linear,
): AttentionalLstmWeights | undefined {
  if (config.kind !== "lstm" || !(recurrent instanceof Lstm) || recurrent.numLayers > 1) return undefined;
  if ((config.recurrentDropout ?? 0) > 0 || config.cellClip !== undefined) return undefined;
  const lstm = recurrent.weightsOf(0);
  if (lstm.weightHr || lstm.peepholes || lstm.norm) return undefined;
  return { lstm, ...attention.scoring, combine: combine.weight };
}
