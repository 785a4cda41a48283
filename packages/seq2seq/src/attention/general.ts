/** General attention: `query . W value` (Luong, Pham & Manning 2015, equation 8). */
import { Linear, mapRealPositions, namedParameters } from "@cellstate/lstm-core";
import { attend, requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import type { Encoded } from "../encoder.ts";
import {
  type Attended,
  type Attention,
  type AttentionMemory,
  type AttentionOptions,
  attentionOptionNames,
  type Scoring,
} from "./attention.ts";

export class GeneralAttention implements Attention {
  /** On the side of the keys, where it works once per source instead of once per step. */
  readonly keyProjection: Linear;
  readonly scoring: Scoring = {};

  constructor(session: Session, options: AttentionOptions) {
    requireKnownOptions("GeneralAttention", options, attentionOptionNames);
    const { querySize, valueSize, stream } = options;
    this.keyProjection = new Linear(session, {
      inputSize: valueSize,
      outputSize: querySize,
      bias: false,
      stream: stream.fork("key"),
    });
  }

  prepare({ outputs, lengths }: Encoded): AttentionMemory {
    const keys = mapRealPositions(outputs, lengths, (rows) => this.keyProjection.forward(rows));
    return { keys, values: outputs, lengths };
  }

  attend(query: Tensor, { keys, values, lengths }: AttentionMemory): Attended {
    const { context, weights } = attend(query, keys, values, lengths, { kind: "dot" });
    return { context, attentionWeights: weights };
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ key: this.keyProjection });
  }
}
