/** A trained model as a scorer: runs decoder steps without gradients in memory that stays flat however long they go on. */
import { evaluationStep, type PaddedIds } from "@cellstate/lstm-core";
import { gatherRows, logSoftmax, type Scope, type Tensor, topK } from "@cellstate/tensor";
import type { AttentionMemory } from "../attention/attention.ts";
import type { DecoderState } from "../decoder.ts";
import type { Encoded } from "../encoder.ts";
import type { Seq2Seq } from "../seq2seq.ts";
import type { FloatArray } from "./hypothesis.ts";
import type { NextTokens, Scorer } from "./scorer.ts";

/** A decoder's state outside of tensors, so that it outlives the scope of a step: blocks of `[rows, width]`. */
export interface RowState {
  readonly rows: number;
  /** Of each layer, as `RecurrentState` names them. */
  readonly layers: readonly Blocks[];
  readonly attentional: FloatArray;
}

type Blocks = Readonly<Record<string, FloatArray>>;

/**
 * Encodes a batch once and serves searches on it. Holds a scope open until it is disposed, so one search at a time runs on
 * a session.
 */
export class ModelScorer implements Scorer<RowState>, Disposable {
  readonly sentences: number;
  readonly bosId: number;
  readonly eosId: number;
  readonly #model: Seq2Seq;
  readonly #scope: Scope;
  readonly #encoded: Encoded;
  readonly #memory: AttentionMemory;
  /** The memory with one row for each row of the last step; made again only when rows change sentences. */
  #rows: { readonly scope: Scope; readonly sentences: Int32Array; readonly memory: AttentionMemory } | undefined;

  /** @throws {SequenceError} if the source does not fit together or the vocabulary */
  constructor(model: Seq2Seq, source: PaddedIds) {
    this.#model = model;
    this.sentences = source.batchSize;
    this.bosId = model.target.bosId;
    this.eosId = model.target.eosId;
    this.#scope = model.session.scope();
    try {
      using _ = model.session.noGrad();
      this.#encoded = model.encode(source, evaluationStep);
      this.#memory = model.decoder.attention.prepare(this.#encoded);
    } catch (error) {
      this.#scope[Symbol.dispose]();
      throw error;
    }
  }

  start(): RowState {
    const { session, decoder } = this.#model;
    using _ = session.noGrad();
    using _scope = session.scope();
    return toRowState(decoder.start(this.#encoded));
  }

  pick(state: RowState, rows: Int32Array): RowState {
    const pick = (block: FloatArray) => pickRows(block, state.rows, rows);
    return {
      rows: rows.length,
      layers: state.layers.map((layer) => mapValues(layer, pick)),
      attentional: pick(state.attentional),
    };
  }

  async next(
    state: RowState,
    lastIds: Int32Array,
    sentences: Int32Array,
    count: number,
  ): Promise<NextTokens<RowState>> {
    const { session, decoder, target } = this.#model;
    const memory = this.#memoryOf(sentences);
    using _ = session.noGrad();
    using _scope = session.scope();
    const ids = session.tensor(lastIds, [lastIds.length], { dtype: "int32" });
    const vectors = decoder.embedding.forward(ids); // [rows, embeddingSize]
    // The time is part of the address of dropout only, which is off.
    const step = decoder.step(vectors, this.#toDecoderState(state), memory, evaluationStep, 0);
    const logProbs = logSoftmax(decoder.logits(step.state.attentional)); // [rows, vocabSize]
    // Two more than asked for, so that enough are left without padding and start.
    const best = topK(logProbs, Math.min(count + 2, target.vocabSize));
    const attentionWeights = step.attentionWeights.readSync() as FloatArray;
    const srcLen = step.attentionWeights.shape[1]!;
    return {
      ...withoutSpecial(best, count, [target.padId, target.bosId]),
      attentionWeights: Array.from(sentences, (sentence, row) =>
        attentionWeights.slice(row * srcLen, row * srcLen + this.#encoded.lengths[sentence]!),
      ),
      state: toRowState(step.state),
    };
  }

  [Symbol.dispose](): void {
    this.#rows?.scope[Symbol.dispose]();
    this.#scope[Symbol.dispose]();
  }

  #memoryOf(sentences: Int32Array): AttentionMemory {
    if (this.#rows !== undefined && sameNumbers(this.#rows.sentences, sentences)) return this.#rows.memory;
    this.#rows?.scope[Symbol.dispose]();
    this.#rows = undefined;
    using _ = this.#model.session.noGrad();
    const scope = this.#model.session.scope();
    const { keys, values, lengths } = this.#memory;
    const memory = {
      keys: gatherRows(keys, sentences),
      values: gatherRows(values, sentences),
      lengths: sentences.map((sentence) => lengths[sentence]!),
    };
    this.#rows = { scope, sentences: sentences.slice(), memory };
    return memory;
  }

  #toDecoderState({ rows, layers, attentional }: RowState): DecoderState {
    const tensorOf = (block: FloatArray) => this.#model.session.tensor(block, [rows, block.length / rows]);
    return {
      layers: layers.map((blocks) => {
        const layer = mapValues(blocks, tensorOf);
        return { ...layer, hiddenState: layer.hiddenState! };
      }),
      attentional: tensorOf(attentional),
    };
  }
}

function toRowState({ layers, attentional }: DecoderState): RowState {
  const blockOf = (tensor: Tensor) => tensor.readSync() as FloatArray;
  return {
    rows: attentional.shape[0]!,
    layers: layers.map((layer) => mapValues({ ...layer }, blockOf)),
    attentional: blockOf(attentional),
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

function pickRows(block: FloatArray, rowCount: number, rows: Int32Array): FloatArray {
  const width = rowCount === 0 ? 0 : block.length / rowCount;
  const picked =
    block instanceof Float32Array ? new Float32Array(rows.length * width) : new Float64Array(rows.length * width);
  rows.forEach((row, index) => {
    picked.set(block.subarray(row * width, (row + 1) * width), index * width);
  });
  return picked;
}

/** Leaves out the given ids and keeps at most `count` of the others in each row. */
function withoutSpecial(
  best: { readonly values: Tensor; readonly indices: Tensor },
  count: number,
  special: readonly number[],
): { width: number; ids: Int32Array; logProbs: FloatArray } {
  const [rows = 0, listed = 0] = best.values.shape;
  const values = best.values.readSync() as FloatArray;
  const indices = best.indices.readSync();
  // With the whole vocabulary listed, all special ids are among the listed ones.
  const width = Math.min(count, listed - special.length);
  const ids = new Int32Array(rows * width);
  const logProbs = values.slice(0, rows * width);
  for (let row = 0; row < rows; row++) {
    let kept = 0;
    for (let place = 0; place < listed && kept < width; place++) {
      const id = indices[row * listed + place]!;
      if (special.includes(id)) continue;
      ids[row * width + kept] = id;
      logProbs[row * width + kept] = values[row * listed + place]!;
      kept++;
    }
  }
  return { width, ids, logProbs };
}

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
