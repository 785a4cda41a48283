/** Additive attention: `energy . tanh(W query + U value)` (Bahdanau, Cho & Bengio 2015, appendix A.1.2). */
import { glorotUniform, Linear, makeParameter, mapRealPositions, namedParameters } from "@cellstate/lstm-core";
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

export class AdditiveAttention implements Attention {
  readonly queryProjection: Linear;
  readonly keyProjection: Linear;
  /** `[querySize]` */
  readonly energy: Tensor;

  constructor(session: Session, options: AttentionOptions) {
    requireKnownOptions("AdditiveAttention", options, attentionOptionNames);
    const { querySize, valueSize, stream } = options;
    this.queryProjection = new Linear(session, {
      inputSize: querySize,
      outputSize: querySize,
      bias: false,
      stream: stream.fork("query"),
    });
    this.keyProjection = new Linear(session, {
      inputSize: valueSize,
      outputSize: querySize,
      stream: stream.fork("key"),
    });
    this.energy = makeParameter(session, {
      name: "energy",
      shape: [querySize],
      initializer: (_shape, draws) => glorotUniform([1, querySize], draws),
      stream,
    });
  }

  get scoring(): Scoring {
    return { query: this.queryProjection.weight, energy: this.energy };
  }

  prepare({ outputs, lengths }: Encoded): AttentionMemory {
    const keys = mapRealPositions(outputs, lengths, (rows) => this.keyProjection.forward(rows));
    return { keys, values: outputs, lengths };
  }

  attend(query: Tensor, { keys, values, lengths }: AttentionMemory): Attended {
    const projected = this.queryProjection.forward(query); // [batch, querySize]
    const { context, weights } = attend(projected, keys, values, lengths, { kind: "additive", energy: this.energy });
    return { context, attentionWeights: weights };
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ query: this.queryProjection, key: this.keyProjection, energy: this.energy });
  }
}
