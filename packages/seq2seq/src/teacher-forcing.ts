/** The loss of training: the decoder reads the reference and predicts each next token of it. */
import {
  type BatchLoss,
  checkPaddedIds,
  linearCrossEntropy,
  type PaddedIds,
  realPositions,
  SequenceError,
  type StepContext,
} from "@cellstate/lstm-core";
import { gatherRows, type OptionNames, requireKnownOptions, reshape } from "@cellstate/tensor";
import type { TargetVocabulary } from "./decoder.ts";
import type { Seq2Seq } from "./seq2seq.ts";

export interface TranslationBatch {
  readonly source: PaddedIds;
  /** References without `bosId` and `eosId`. */
  readonly target: PaddedIds;
}

export interface TeacherForcingOptions {
  /** Share of the target that is spread evenly over the vocabulary, in `[0, 1)`. Default 0. */
  readonly labelSmoothing?: number;
}

const optionNames: OptionNames<TeacherForcingOptions> = { labelSmoothing: true };

/** @internal What the decoder reads and what it should write at each step. */
export interface ShiftedTarget {
  /** `[batch, tgtLen + 1]`: `bosId`, then the reference. */
  readonly inputIds: PaddedIds;
  /** The reference, then `eosId`, of all rows one after the other, without padding. */
  readonly outputIds: Int32Array;
}

/**
 * The mean cross-entropy over the target tokens, each row's end counted.
 *
 * The loop over time runs up to the attentional vectors only; then one op makes the logits of all real positions and their loss.
 *
 * @throws {SequenceError} if batch sizes differ, or ids and lengths do not fit together or the vocabularies
 */
export function teacherForcing(
  model: Seq2Seq,
  batch: TranslationBatch,
  step: StepContext,
  options: TeacherForcingOptions = {},
): BatchLoss {
  requireKnownOptions("teacherForcing", options, optionNames);
  const { source, target } = batch;
  if (source.batchSize !== target.batchSize) {
    throw new SequenceError("teacherForcing", `${source.batchSize} target rows, one per source`, `${target.batchSize}`);
  }
  checkPaddedIds("teacherForcing", target, model.target.vocabSize);
  const { inputIds, outputIds } = shiftTarget(target, model.target);
  const { batchSize, seqLen, lengths } = inputIds;
  const ids = model.session.tensor(inputIds.ids, [batchSize, seqLen], { dtype: "int32" });
  const attentional = model.decoder.walk(model.encode(source, step), ids, step, lengths); // [batch, tgtLen + 1, attentionalSize]
  const flat = reshape(attentional, [batchSize * seqLen, model.decoder.attentionalSize]);
  const real = gatherRows(flat, realPositions(lengths, seqLen)); // [count, attentionalSize]
  const { outputWeight, outputBias } = model.decoder;
  const { labelSmoothing } = options;
  const loss = linearCrossEntropy(real, outputWeight, outputIds, { bias: outputBias, labelSmoothing });
  return { loss, count: outputIds.length };
}

/** @internal Puts `bosId` before and `eosId` after each reference. */
export function shiftTarget(target: PaddedIds, { padId, bosId, eosId }: TargetVocabulary): ShiftedTarget {
  const { batchSize } = target;
  const seqLen = target.seqLen + 1;
  const lengths = target.lengths.map((length) => length + 1);
  const ids = new Int32Array(batchSize * seqLen).fill(padId);
  const outputIds = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let written = 0;
  target.lengths.forEach((length, row) => {
    const reference = target.ids.subarray(row * target.seqLen, row * target.seqLen + length);
    ids[row * seqLen] = bosId;
    ids.set(reference, row * seqLen + 1);
    outputIds.set(reference, written);
    outputIds[written + length] = eosId;
    written += length + 1;
  });
  return { inputIds: { ids, lengths, batchSize, seqLen }, outputIds };
}
