/** Hypotheses: what a search returns, and the growing ones that share their beginnings. */

/** Real numbers of a session, in its float type. */
export type FloatArray = Float32Array | Float64Array;

/** One decoded sentence. */
export interface Hypothesis {
  /** Without `bosId` and `eosId`. */
  readonly ids: readonly number[];
  /** `logProb` over the length penalty; higher is better. */
  readonly score: number;
  /** Sum of natural-log probabilities, the end counted. */
  readonly logProb: number;
  /** False if it was cut at `maxDecodeLen`. */
  readonly finished: boolean;
  /** One for each id, then one for the end if it was reached; each has the source row's true length and sums to 1. */
  readonly attentionWeights: readonly FloatArray[];
}

/** A hypothesis that still grows: a leaf of a tree whose branches share their beginnings. */
export interface LiveHypothesis {
  /** Which source it translates. */
  readonly sentence: number;
  readonly logProb: number;
  /** Tokens so far. */
  readonly length: number;
  /** Undefined before the first token. */
  readonly last: Token | undefined;
}

/** One token of a growing hypothesis and the way back from it. */
interface Token {
  readonly id: number;
  readonly attentionWeights: FloatArray;
  readonly previous: Token | undefined;
}

/** The hypothesis of no tokens. */
export function emptyHypothesis(sentence: number): LiveHypothesis {
  return { sentence, logProb: 0, length: 0, last: undefined };
}

/** `parent` and one token more. */
export function extend(
  parent: LiveHypothesis,
  id: number,
  logProb: number,
  attentionWeights: FloatArray,
): LiveHypothesis {
  return {
    sentence: parent.sentence,
    logProb: parent.logProb + logProb,
    length: parent.length + 1,
    last: { id, attentionWeights, previous: parent.last },
  };
}

/** Walks back to the first token. `finished` says that the last token is the end, which `ids` leaves out. */
export function complete(live: LiveHypothesis, finished: boolean, penalty: number): Hypothesis {
  const ids: number[] = [];
  const attentionWeights: FloatArray[] = [];
  for (let token = live.last; token !== undefined; token = token.previous) {
    ids.push(token.id);
    attentionWeights.push(token.attentionWeights);
  }
  ids.reverse();
  if (finished) ids.pop();
  return {
    ids,
    score: live.logProb / penalty,
    logProb: live.logProb,
    finished,
    attentionWeights: attentionWeights.reverse(),
  };
}
