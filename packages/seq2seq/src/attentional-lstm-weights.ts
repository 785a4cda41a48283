/** Which decoders run their steps as one op, `attentionalLstm`: those of one plain LSTM layer. All others compose their steps. */
import { type Linear, Lstm, type RecurrentModule } from "@cellstate/lstm-core";
import type { AttentionalLstmWeights } from "@cellstate/tensor";
import type { Attention } from "./attention/attention.ts";

/** The op's weights; undefined where it does not do what the decoder's layers do. */
export function attentionalLstmWeights(
  recurrent: RecurrentModule,
  attention: Attention,
  combine: Linear,
): AttentionalLstmWeights | undefined {
  if (!(recurrent instanceof Lstm) || !recurrent.isPlain || recurrent.numLayers > 1) return undefined;
  return { lstm: recurrent.weightsOf(0), ...attention.scoring, combine: combine.weight };
}
