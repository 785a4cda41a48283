/** Kinds of recurrent layers besides those that come along: what `buildRecurrent` and the schemas of configs take for one. */
import type { RecurrentState, RecurrentWeights, Session } from "@cellstate/tensor";
import type { z } from "zod";
import { type ComposedKind, composedKind } from "./composed.ts";
import { RecurrentLayers } from "./recurrent.ts";
import type { RecurrentModule } from "./recurrent-module.ts";
import type { RecurrentLayerOptions } from "./recurrent-options.ts";

/** The values of a kind's own options. */
export type OptionsOf<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

/** A kind of recurrent layers with the name that configs give it. */
export interface CellChoice {
  /** What `kind:` says. */
  readonly kind: string;
  /** For users, who read it in their editor. */
  readonly description: string;
  /** Schemas of its own options, beside those that all kinds have (`hiddenSize`, `numLayers`, `dropout`, ...). */
  readonly options: z.ZodRawShape;
  /** Weight matrices of `hiddenSize` rows in a cell, such as 4 in an LSTM: sizes that cannot lie in memory are refused by it. */
  readonly blocks: number;
  /** @param own  the values of its own options, checked by their schemas */
  build(session: Session, options: RecurrentLayerOptions, own: Readonly<Record<string, unknown>>): RecurrentModule;
}

/** What a cell of one's own is made of. */
export interface CellParts<Shape extends z.ZodRawShape, Weights, State extends RecurrentState> {
  readonly kind: string;
  readonly description: string;
  /** Default: none. */
  readonly options?: Shape;
  /** Default: 4. */
  readonly blocks?: number;
  /** The weights and one step of layers of `hiddenSize` units. */
  cellOf(
    hiddenSize: number,
    options: OptionsOf<Shape>,
  ): Omit<ComposedKind<Weights, State>, "name" | "stateSize" | "startState"> & {
    /** Features of the hidden state. Default: `hiddenSize`. */
    readonly stateSize?: number;
    /** Default: the hidden state is all of the state. */
    readonly startState?: (hiddenState: State["hiddenState"]) => State;
  };
}

/**
 * A kind of recurrent layers of one step in small ops. Stacking, both directions, ragged rows, dropout and initializers come with it; it
 * walks step by step and is therefore slower than a fused kernel.
 */
export function defineCell<
  const Shape extends z.ZodRawShape = Record<never, never>,
  Weights = RecurrentWeights,
  State extends RecurrentState = RecurrentState,
>({ kind, description, options = {} as Shape, blocks = 4, cellOf }: CellParts<Shape, Weights, State>): CellChoice {
  return {
    kind,
    description,
    options,
    blocks,
    build(session, layerOptions, own) {
      const kindOf = (hiddenSize: number) =>
        composedKind<Weights, State>({
          name: kind,
          stateSize: hiddenSize,
          startState: (hiddenState) => ({ hiddenState }) as State,
          ...cellOf(hiddenSize, own as OptionsOf<Shape>),
        });
      return new RecurrentLayers(session, kindOf, layerOptions);
    },
  };
}
