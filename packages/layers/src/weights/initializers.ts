/** Keras's initializers by name, over weights in Keras's layout `[inputs, outputs]`. */
import {
  type Fans,
  type Initializer,
  normal,
  ones,
  orthogonal,
  truncatedNormal,
  uniform,
  varianceScaling,
  zeros,
} from "@cellstate/lstm-core";
import type { RandomStream, Session } from "@cellstate/tensor";
import { findByName } from "../names.ts";

/** The name of an initializer, or one of one's own, which is given the shape in Keras's layout. */
export type InitializerOption = InitializerName | Initializer;

/** Inputs and outputs of a weight `[..., inputs, outputs]`; the axes before them are a window. */
function fans(shape: readonly number[]): Fans {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const window = shape.slice(0, -2).reduce((size, extent) => size * extent, 1);
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
}

/** Draws of variance `scale / fan`, over weights in Keras's layout. */
const scaled = (scale: number, fan: "in" | "average", distribution: "uniform" | "normal"): Initializer =>
  varianceScaling({ scale, fan, distribution, fansOf: fans });

const initializers = {
  zeros,
  ones,
  glorotUniform: scaled(1, "average", "uniform"),
  glorotNormal: scaled(1, "average", "normal"),
  heUniform: scaled(2, "in", "uniform"),
  heNormal: scaled(2, "in", "normal"),
  lecunUniform: scaled(1, "in", "uniform"),
  lecunNormal: scaled(1, "in", "normal"),
  orthogonal: ((shape, stream, session) =>
    orthogonal(
      [shape.slice(0, -1).reduce((size, extent) => size * extent, 1), shape.at(-1) ?? 1],
      stream,
      session,
    )) as Initializer,
  uniform: uniform(-0.05, 0.05),
  randomUniform: uniform(-0.05, 0.05),
  normal: normal(0, 0.05),
  randomNormal: normal(0, 0.05),
  truncatedNormal: truncatedNormal(0, 0.05),
  identity: ((shape) => {
    const [rows = 0, columns = 0] = shape;
    return Float64Array.from({ length: rows * columns }, (_, at) =>
      Math.floor(at / columns) === at % columns ? 1 : 0,
    );
  }) as Initializer,
} satisfies Readonly<Record<string, Initializer>>;

export type InitializerName = keyof typeof initializers;

/** The initializer that an option of a layer asks for. @throws {OptionError} naming the nearest if there is none */
export function resolveInitializer(owner: string, option: string, given: InitializerOption): Initializer {
  return typeof given === "function" ? given : findByName<Initializer>(owner, option, initializers, given);
}

/** An LSTM's bias in Keras: 1 for the forget gate, which is the second of four, beside what `initializer` gives the others. */
export function withForgetBias(initializer: Initializer, units: number): Initializer {
  return (shape, stream: RandomStream, session?: Session) =>
    initializer(shape, stream, session).fill(1, units, 2 * units);
}
