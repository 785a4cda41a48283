/** The closed list of recurrent layers by the kind that a config gives them; `config/recurrent-kinds.ts` lists their options. */
import { OptionError, type RandomStream, type Session } from "@cellstate/tensor";
import { Mgu } from "../cells/mgu.ts";
import { Mlstm } from "../cells/mlstm.ts";
import { Slstm } from "../cells/slstm.ts";
import type { RecurrentSection } from "../config/recurrent-kinds.ts";
import { Gru } from "./gru.ts";
import { Lstm } from "./lstm.ts";
import type { RecurrentLayerOptions, RecurrentModule } from "./recurrent.ts";
import { Rnn } from "./rnn.ts";

export type RecurrentKindName = RecurrentSection["kind"];

/** The section of each kind. */
type Sections = { readonly [Kind in RecurrentKindName]: Extract<RecurrentSection, { kind: Kind }> };

/** Layers from the options that all kinds have, and from the section for its own ones. */
type Builder<Section> = (session: Session, options: RecurrentLayerOptions, section: Section) => RecurrentModule;

const builders: { readonly [Kind in RecurrentKindName]: Builder<Sections[Kind]> } = {
  lstm: (session, options, { projectionSize, peepholes, gateLayerNorm, cellClip }) =>
    new Lstm(session, { ...options, projectionSize, peepholes, gateLayerNorm, cellClip }),
  gru: (session, options) => new Gru(session, options),
  rnn: (session, options, { activation }) => new Rnn(session, { ...options, activation }),
  mgu: (session, options) => new Mgu(session, options),
  slstm: (session, options, { heads }) => new Slstm(session, { ...options, heads }),
  mlstm: (session, { recurrentDropoutRate: _, ...options }, { heads, chunkSize }) =>
    new Mlstm(session, { ...options, heads, chunkSize }),
};

/** In the order of the list. */
export const recurrentKindNames = Object.keys(builders) as RecurrentKindName[];

export interface BuildRecurrentOptions {
  readonly inputSize: number;
  /** Draws the first weights and the dropout masks. */
  readonly stream: RandomStream;
}

/** Layers of the kind that `config` names, in one direction unless it says otherwise. @throws {OptionError} if there is no such kind */
export function buildRecurrent(
  session: Session,
  config: RecurrentSection,
  { inputSize, stream }: BuildRecurrentOptions,
): RecurrentModule {
  if (!Object.hasOwn(builders, config.kind)) {
    throw new OptionError("buildRecurrent", "kind", `one of ${recurrentKindNames.join(", ")}`, config.kind);
  }
  const { hiddenSize, numLayers, bidirectional = false, dropout } = config;
  const options = {
    inputSize,
    hiddenSize,
    numLayers,
    bidirectional,
    dropoutRate: dropout,
    recurrentDropoutRate: "recurrentDropout" in config ? config.recurrentDropout : undefined,
    stream,
  };
  return build(session, config.kind, options, config);
}

function build<Kind extends RecurrentKindName>(
  session: Session,
  kind: Kind,
  options: RecurrentLayerOptions,
  section: Sections[Kind],
): RecurrentModule {
  return builders[kind](session, options, section);
}
