/** The recurrent layers that come along, by the kind that a config gives them; `config/recurrent-kinds.ts` lists their options. */
import type { RandomStream, Session } from "@cellstate/tensor";
import { Cifg } from "../cells/cifg.ts";
import { Mgu } from "../cells/mgu.ts";
import type { RecurrentSection } from "../config/recurrent-kinds.ts";
import { requireChoice } from "../errors.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { type InitializerSection, initializerOf } from "../initializers/initializers.ts";
import { eachGate } from "../initializers/per-gate.ts";
import { Mlstm } from "../xlstm/mlstm.ts";
import { MlstmBlocks } from "../xlstm/mlstm-blocks.ts";
import { Slstm } from "../xlstm/slstm.ts";
import { SlstmBlocks } from "../xlstm/slstm-blocks.ts";
import type { CellChoice } from "./define-cell.ts";
import { Gru } from "./gru.ts";
import { Lstm } from "./lstm.ts";
import type { RecurrentModule } from "./recurrent-module.ts";
import type { RecurrentLayerOptions } from "./recurrent-options.ts";
import { Rnn } from "./rnn.ts";

export type RecurrentKindName = RecurrentSection["kind"];

/** The section of each kind. */
type Sections = { readonly [Kind in RecurrentKindName]: Extract<RecurrentSection, { kind: Kind }> };

/** Layers from the options that all kinds have, and from the section for its own ones. */
type Builder<Section> = (session: Session, options: RecurrentLayerOptions, section: Section) => RecurrentModule;

const builders: { readonly [Kind in RecurrentKindName]: Builder<Sections[Kind]> } = {
  lstm: (session, options, section) => {
    const { projectionSize, peepholes, gateLayerNorm, cellClip, activation, recurrentActivation } = section;
    const { zoneout: zoneoutRate, weightDrop: weightDropRate, bias } = section;
    const cell = { bias, projectionSize, peepholes, gateLayerNorm, cellClip, zoneoutRate, weightDropRate };
    return new Lstm(session, { ...options, ...cell, activation, recurrentActivation });
  },
  gru: (session, options, { bias, activation, recurrentActivation, resetAfter, weightDrop }) =>
    new Gru(session, { ...options, bias, activation, recurrentActivation, resetAfter, weightDropRate: weightDrop }),
  rnn: (session, options, { bias, activation, weightDrop }) =>
    new Rnn(session, { ...options, bias, activation, weightDropRate: weightDrop }),
  mgu: (session, options) => new Mgu(session, options),
  cifg: (session, options) => new Cifg(session, options),
  slstm: (session, options, { heads, block }) => new (block ? SlstmBlocks : Slstm)(session, { ...options, heads }),
  mlstm: (session, { recurrentDropoutRate: _, ...options }, { heads, chunkSize, block }) =>
    new (block ? MlstmBlocks : Mlstm)(session, { ...options, heads, chunkSize }),
};

/** In the order of the list. */
export const recurrentKindNames = Object.keys(builders) as RecurrentKindName[];

export interface BuildRecurrentOptions {
  readonly inputSize: number;
  /** Draws the first weights and the dropout masks. */
  readonly stream: RandomStream;
  /** Kinds besides those that come along. Default: none. */
  readonly cells?: readonly CellChoice[] | undefined;
}

/** Layers of the kind that `config` names, in one direction unless it says otherwise. @throws {OptionError} if there is no such kind */
export function buildRecurrent(
  session: Session,
  config: RecurrentSection,
  { inputSize, stream, cells = [] }: BuildRecurrentOptions,
): RecurrentModule {
  const ownKinds = cells.map(({ kind }) => kind as RecurrentKindName);
  requireChoice("buildRecurrent", "kind", config.kind, [...recurrentKindNames, ...ownKinds]);
  const { hiddenSize, numLayers, bidirectional, mergeMode, readingOrder, residual, highway } = config;
  const options = {
    ...{ inputSize, hiddenSize, numLayers, bidirectional, mergeMode, readingOrder, residual, highway, stream },
    inputDropoutRate: config.inputDropout,
    dropoutRate: config.dropout,
    variationalDropout: config.variationalDropout,
    recurrentDropoutRate: "recurrentDropout" in config ? config.recurrentDropout : undefined,
    initializers: initializersOf(config),
    activationPenalty: config.activationPenalty,
    temporalActivationPenalty: config.temporalActivationPenalty,
  };
  const own = cells.find(({ kind }) => kind === config.kind);
  return own === undefined ? build(session, config.kind, options, config) : own.build(session, options, config);
}

function initializersOf({ initializers = {} }: RecurrentSection): Record<string, Initializer> {
  return Object.fromEntries(
    Object.entries<InitializerSection | undefined>(initializers).flatMap(([weight, section]) =>
      section === undefined ? [] : [[weight, eachGate(initializerOf(section))]],
    ),
  );
}

function build<Kind extends RecurrentKindName>(
  session: Session,
  kind: Kind,
  options: RecurrentLayerOptions,
  section: Sections[Kind],
): RecurrentModule {
  return builders[kind](session, options, section);
}
