/** From a config's section to the layers that it describes. */
import type { RandomStream, Session } from "@cellstate/tensor";
import type { RecurrentSection } from "../config.ts";
import { Gru } from "./gru.ts";
import { Lstm } from "./lstm.ts";
import type { RecurrentModule } from "./recurrent.ts";
import { Rnn } from "./rnn.ts";

export interface BuildRecurrentOptions {
  readonly inputSize: number;
  readonly stream: RandomStream;
}

/** Layers of the kind that `config` names, in one direction unless it says otherwise. */
export function buildRecurrent(
  session: Session,
  config: RecurrentSection,
  { inputSize, stream }: BuildRecurrentOptions,
): RecurrentModule {
  const { hiddenSize, numLayers, bidirectional = false } = config;
  const shared = {
    inputSize,
    hiddenSize,
    numLayers,
    bidirectional,
    dropoutRate: config.dropout,
    recurrentDropoutRate: config.recurrentDropout,
    stream,
  };
  switch (config.kind) {
    case "lstm": {
      const { projectionSize, peepholes, gateLayerNorm, cellClip } = config;
      return new Lstm(session, { ...shared, projectionSize, peepholes, gateLayerNorm, cellClip });
    }
    case "gru":
      return new Gru(session, shared);
    case "rnn":
      return new Rnn(session, { ...shared, activation: config.activation });
    default:
      return config satisfies never;
  }
}
