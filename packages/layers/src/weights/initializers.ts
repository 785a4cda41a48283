/** Keras's initializers by name, over weights in Keras's layout `[inputs, outputs]`. */
import { type Initializer, normal, ones, orthogonal, uniform, zeros } from "@cellstate/lstm-core";
import { type RandomStream, type Session, scalar } from "@cellstate/tensor";
import { findByName } from "../names.ts";

/** The name of an initializer, or one of one's own, which is given the shape in Keras's layout. */
export type InitializerOption = InitializerName | Initializer;

/** Inputs and outputs of a weight `[..., inputs, outputs]`; the axes before them are a window. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const window = shape.slice(0, -2).reduce((size, extent) => size * extent, 1);
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
}

/** Scales draws by `sqrt(scale / fan)`. */
function scaled(
  scale: number,
  fan: (fans: { fanIn: number; fanOut: number }) => number,
  distribution: "uniform" | "normal",
): Initializer {
  return (shape, stream, session) => {
    const variance = scale / Math.max(1, fan(fans(shape)));
    if (distribution === "uniform") {
      const bound = Math.sqrt(3 * variance);
      return uniform(-bound, bound)(shape, stream, session);
    }
    // Of a normal distribution cut off at two deviations, as Keras and TensorFlow correct it.
    return truncatedNormal(0, Math.sqrt(variance) / 0.87962566103423978)(shape, stream, session);
  };
}

/** Normal draws, but for those further than two deviations from the mean. */
function truncatedNormal(mean: number, deviation: number): Initializer {
  return (shape, stream) => {
    const values = new Float64Array(shape.reduce((size, extent) => size * extent, 1));
    for (let at = 0; at < values.length; at++) values[at] = mean + deviation * drawWithinTwo(stream, at);
    return values;
  };
}

/** Draws again until one fits (Box & Muller 1958); each element has draws of its own, so that none moves another. */
function drawWithinTwo(stream: RandomStream, at: number): number {
  for (let attempt = 0; ; attempt++) {
    const radius = stream.uint32At(0, at, attempt);
    const angle = stream.uint32At(1, at, attempt);
    const unit = (radius + 1) / 2 ** 32;
    const draw = Math.sqrt(-2 * scalar.log(unit)) * scalar.cos((2 * Math.PI * angle) / 2 ** 32);
    if (Math.abs(draw) <= 2) return draw;
  }
}

const average = ({ fanIn, fanOut }: { fanIn: number; fanOut: number }) => (fanIn + fanOut) / 2;
const incoming = ({ fanIn }: { fanIn: number }) => fanIn;

const initializers = {
  zeros,
  ones,
  glorotUniform: scaled(1, average, "uniform"),
  glorotNormal: scaled(1, average, "normal"),
  heUniform: scaled(2, incoming, "uniform"),
  heNormal: scaled(2, incoming, "normal"),
  lecunUniform: scaled(1, incoming, "uniform"),
  lecunNormal: scaled(1, incoming, "normal"),
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
