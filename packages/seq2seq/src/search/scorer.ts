/** What a search needs of a model: states of rows, and the likeliest next tokens of each. */
import type { FloatArray } from "./hypothesis.ts";

/** What a step gives besides tokens. */
interface Step<State> {
  /** One for each row, of the source row's true length. */
  readonly attentionWeights: readonly FloatArray[];
  /** After the step, one row for each row. */
  readonly state: State;
}

/** The likeliest tokens after each row. */
export interface NextTokens<State> extends Step<State> {
  /** Tokens listed for each row: as many as asked for, or fewer if the vocabulary has no more. */
  readonly width: number;
  /** `[rows, width]`, likeliest first, the lowest id first among equals. */
  readonly ids: Int32Array;
  /** `[rows, width]`, natural-log probabilities. */
  readonly logProbs: FloatArray;
}

/** The likeliest token after each row, the lowest id among equals. */
export interface ChosenTokens<State> extends Step<State> {
  /** `[rows]` */
  readonly ids: Int32Array;
}

/** What all searches need. */
interface Rows<State> {
  readonly sentences: number;
  readonly bosId: number;
  readonly eosId: number;
  /** One row for each sentence, before the first token. */
  start(): State;
  /** The given rows, in the given order; rows may repeat. */
  pick(state: State, rows: Int32Array): State;
}

/** A model as a search sees it; `State` is the model's own business, and used up by the call that gets it. */
export interface Scorer<State> extends Rows<State> {
  /**
   * One step of all rows.
   *
   * @param lastIds    `[rows]`: the token that each row reads
   * @param sentences  `[rows]`: the sentence of each row
   * @param count      tokens wanted for each row
   */
  next(state: State, lastIds: Int32Array, sentences: Int32Array, count: number): Promise<NextTokens<State>>;
}

/** A model as greedy search sees it: which token is the likeliest is known sooner than how likely it is. */
export interface GreedyScorer<State> extends Rows<State> {
  /** One step of all rows, as `next` takes one. */
  choose(state: State, lastIds: Int32Array, sentences: Int32Array): Promise<ChosenTokens<State>>;
  /** Natural-log probabilities of all tokens chosen since the call before, in their order. */
  logProbs(): readonly number[];
}
