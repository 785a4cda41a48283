/** A trained model as a scorer: runs decoder steps without gradients in memory that stays flat however long they go on. */
import { evaluationStep, type PaddedIds } from "@cellstate/lstm-core";
import { gather, gatherRows, logSoftmax, type Scope, type Tensor, topK } from "@cellstate/tensor";
import type { AttentionMemory } from "../attention/attention.ts";
import type { DecoderState, DecoderStep } from "../decoder.ts";
import type { Encoded } from "../encoder.ts";
import type { Seq2Seq } from "../seq2seq.ts";
import type { FloatArray } from "./hypothesis.ts";
import type { ChosenTokens, GreedyScorer, NextTokens, Scorer } from "./scorer.ts";

/** Rows up to which finding the likeliest tokens first and all log probabilities later is the faster. */
const FEW_ROWS = 2;

/**
 * Encodes a batch once and serves searches on it. Holds a scope open until it is disposed, so one search at a time runs on
 * a session.
 */
export class ModelScorer implements Scorer<DecoderState>, GreedyScorer<DecoderState>, Disposable {
  readonly sentences: number;
  readonly bosId: number;
  readonly eosId: number;
  readonly #model: Seq2Seq;
  readonly #scope: Scope;
  readonly #encoded: Encoded;
  readonly #memory: AttentionMemory;
  /** The memory with one row for each row of the last step; made again only when rows change sentences. */
  #rows: { readonly sentences: Int32Array; readonly memory: AttentionMemory };
  /** Chosen tokens without a log probability, and the attentional vectors that they were chosen by. */
  #unscored: { readonly ids: number[]; readonly attentionals: FloatArray[] } = { ids: [], attentionals: [] };
  /** Of the tokens chosen before them. */
  #logProbs: number[] = [];

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
      this.#rows = { sentences: Int32Array.from({ length: source.batchSize }, (_, row) => row), memory: this.#memory };
    } catch (error) {
      this.#scope[Symbol.dispose]();
      throw error;
    }
  }

  start(): DecoderState {
    const { session, decoder } = this.#model;
    using _ = session.noGrad();
    using scope = session.scope();
    return mapState(decoder.start(this.#encoded), (tensor) => scope.keep(tensor));
  }

  pick(state: DecoderState, rows: Int32Array): DecoderState {
    const { session } = this.#model;
    if (rows.length === state.attentional.shape[0] && rows.every((row, index) => row === index)) return state;
    using _ = session.noGrad();
    using scope = session.scope();
    const picked = mapState(state, (tensor) => scope.keep(gatherRows(tensor, rows)));
    this.#free(state);
    return picked;
  }

  async next(
    state: DecoderState,
    lastIds: Int32Array,
    sentences: Int32Array,
    count: number,
  ): Promise<NextTokens<DecoderState>> {
    const { session, decoder, target } = this.#model;
    const memory = this.#memoryOf(sentences); // outlives the scope of the step
    using _ = session.noGrad();
    using scope = session.scope();
    const step = this.#step(state, lastIds, memory);
    const logProbs = logSoftmax(decoder.logits(step.state.attentional)); // [rows, vocabSize]
    // Two more than asked for, so that enough are left without padding and start.
    const best = topK(logProbs, Math.min(count + 2, target.vocabSize));
    return { ...withoutSpecial(best, count, [target.padId, target.bosId]), ...this.#result(step, scope, sentences) };
  }

  async choose(state: DecoderState, lastIds: Int32Array, sentences: Int32Array): Promise<ChosenTokens<DecoderState>> {
    if (lastIds.length > FEW_ROWS) {
      const { ids, logProbs, attentionWeights, state: after } = await this.next(state, lastIds, sentences, 1);
      this.#score();
      this.#logProbs.push(...logProbs);
      return { ids, attentionWeights, state: after };
    }
    const { session, decoder, target } = this.#model;
    const memory = this.#memoryOf(sentences); // outlives the scope of the step
    using _ = session.noGrad();
    using scope = session.scope();
    const step = this.#step(state, lastIds, memory);
    const ids = decoder.likeliest(step.state.attentional, [target.padId, target.bosId]).readSync() as Int32Array;
    this.#unscored.ids.push(...ids);
    this.#unscored.attentionals.push(step.state.attentional.readSync() as FloatArray);
    return { ids, ...this.#result(step, scope, sentences) };
  }

  logProbs(): readonly number[] {
    this.#score();
    const logProbs = this.#logProbs;
    this.#logProbs = [];
    return logProbs;
  }

  /** One step of all rows; uses up the state. */
  #step(state: DecoderState, lastIds: Int32Array, memory: AttentionMemory): DecoderStep {
    const { session, decoder } = this.#model;
    const ids = session.tensor(lastIds, [lastIds.length], { dtype: "int32" });
    const vectors = decoder.embedding.forward(ids); // [rows, embeddingSize]
    // The time is part of the address of dropout only, which is off.
    const step = decoder.step(vectors, state, memory, evaluationStep, 0);
    this.#free(state);
    return step;
  }

  /** What outlives the scope of a step. */
  #result({ state, attentionWeights }: DecoderStep, scope: Scope, sentences: Int32Array) {
    const weights = attentionWeights.readSync() as FloatArray;
    const srcLen = attentionWeights.shape[1]!;
    return {
      attentionWeights: Array.from(sentences, (sentence, row) =>
        weights.slice(row * srcLen, row * srcLen + this.#encoded.lengths[sentence]!),
      ),
      state: mapState(state, (tensor) => scope.keep(tensor)),
    };
  }

  /** Log probabilities of the tokens that have none. */
  #score(): void {
    const { ids, attentionals } = this.#unscored;
    if (ids.length === 0) return;
    const { session, decoder } = this.#model;
    using _ = session.noGrad();
    using _scope = session.scope();
    const vectors = new Float64Array(ids.length * decoder.attentionalSize);
    let place = 0;
    for (const some of attentionals) {
      vectors.set(some, place);
      place += some.length;
    }
    const logProbs = logSoftmax(decoder.logits(session.tensor(vectors, [ids.length, decoder.attentionalSize])));
    const chosen = session.tensor(ids, [ids.length, 1], { dtype: "int32" });
    this.#logProbs.push(...gather(logProbs, 1, chosen).readSync());
    this.#unscored = { ids: [], attentionals: [] };
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  #memoryOf(sentences: Int32Array): AttentionMemory {
    const before = this.#rows;
    if (sameNumbers(before.sentences, sentences)) return before.memory;
    const { session } = this.#model;
    using _ = session.noGrad();
    using scope = session.scope();
    const { keys, values, lengths } = this.#memory;
    const memory = {
      keys: scope.keep(gatherRows(keys, sentences)),
      values: scope.keep(gatherRows(values, sentences)),
      lengths: sentences.map((sentence) => lengths[sentence]!),
    };
    this.#rows = { sentences: sentences.slice(), memory };
    if (before.memory !== this.#memory) {
      this.#scope.free(before.memory.keys);
      this.#scope.free(before.memory.values);
    }
    return memory;
  }

  #free(state: DecoderState): void {
    mapState(state, (tensor) => {
      this.#scope.free(tensor);
      return tensor;
    });
  }
}

/** The same of each tensor of a state. */
function mapState({ layers, attentional }: DecoderState, change: (tensor: Tensor) => Tensor): DecoderState {
  return {
    layers: layers.map((layer) => {
      const changed = Object.fromEntries(
        Object.entries<Tensor>({ ...layer }).map(([name, value]) => [name, change(value)]),
      );
      return { ...changed, hiddenState: changed.hiddenState! };
    }),
    attentional: change(attentional),
  };
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
