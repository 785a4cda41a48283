/** How unlikely a model finds given references: the loss of each pair by itself, whatever else is in its batch. */
import { evaluationStep, linearCrossEntropy, padIds } from "@cellstate/lstm-core";
import type { Seq2Seq } from "@cellstate/seq2seq";
import { slice } from "@cellstate/tensor";

/** The loss of one reference. */
export interface ReferenceLoss {
  /** Mean over its tokens, nats. */
  readonly mean: number;
  /** Its tokens, the end counted. */
  readonly count: number;
}

/** The loss of each pair, without label smoothing; records no gradients. */
export async function referenceLosses(
  model: Seq2Seq,
  sources: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): Promise<ReferenceLoss[]> {
  const { session, decoder } = model;
  const { padId, bosId, eosId } = model.target;
  using _ = session.noGrad();
  using _scope = session.scope();
  const read = padIds(
    targets.map((ids) => [bosId, ...ids]),
    padId,
  );
  const ids = session.tensor(read.ids, [read.batchSize, read.seqLen], { dtype: "int32" });
  const encoded = model.encode(padIds(sources, model.source.padId), evaluationStep);
  const attentional = decoder.walk(encoded, ids, evaluationStep); // [batch, tgtLen + 1, attentionalSize]
  const losses: ReferenceLoss[] = [];
  for (const [row, target] of targets.entries()) {
    using _rowScope = session.scope();
    const count = target.length + 1;
    const vectors = slice(slice(attentional, 0, row, row + 1), 1, 0, count); // [1, count, attentionalSize]
    const bias = decoder.outputBias;
    const loss = linearCrossEntropy(vectors, decoder.outputWeight, Int32Array.from([...target, eosId]), { bias });
    losses.push({ mean: (await loss.read())[0]!, count });
  }
  return losses;
}
