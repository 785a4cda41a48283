/** What an attention is: keys made once per source, then one weighted mean of the source's vectors per decoder step. */
import type { Module } from "@cellstate/lstm-core";
import type { OptionNames, RandomStream, Session, Tensor } from "@cellstate/tensor";
import type { Encoded } from "../encoder.ts";

/** A source made ready for any number of queries. */
export interface AttentionMemory {
  /** `[batch, srcLen, keySize]` */
  readonly keys: Tensor;
  /** `[batch, srcLen, valueSize]` */
  readonly values: Tensor;
  /** `[batch]`: real positions of each row. */
  readonly lengths: Int32Array;
}

export interface Attended {
  /** `[batch, valueSize]`: weighted mean of the values; zeros for an empty source. */
  readonly context: Tensor;
  /** `[batch, srcLen]`: rows sum to 1; zero on padding. */
  readonly attentionWeights: Tensor;
}

/** How a query meets a key: `energy . tanh(query + key)` with an energy, `query . key` without. */
export interface Scoring {
  /** `[querySize, querySize]`: makes the query of the hidden state, which is the query itself without. */
  readonly query?: Tensor;
  /** `[querySize]` */
  readonly energy?: Tensor;
}

export interface Attention extends Module {
  /** What `attend` does to a hidden state, for an op that attends by itself. */
  readonly scoring: Scoring;
  /** Makes the keys, once for all steps. */
  prepare(encoded: Encoded): AttentionMemory;
  /** @param query  `[batch, querySize]`, the decoder's hidden state */
  attend(query: Tensor, memory: AttentionMemory): Attended;
}

export interface AttentionOptions {
  /** Features of the decoder's hidden state. */
  readonly querySize: number;
  /** Features of the encoder's outputs. */
  readonly valueSize: number;
  readonly stream: RandomStream;
}

/** The options of all attentions by name. */
export const attentionOptionNames: OptionNames<AttentionOptions> = { querySize: true, valueSize: true, stream: true };

export type AttentionConstructor = new (session: Session, options: AttentionOptions) => Attention;
