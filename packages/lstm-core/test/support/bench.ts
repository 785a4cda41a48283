/** What the claims of the support table are run on: three rows of four steps, and layers of every kind. */
import {
  createSession,
  type RecurrentWeights,
  Rng,
  type Session,
  slice,
  squeeze,
  type Tensor,
} from "@cellstate/tensor";
import "../matchers.ts";
import { expect } from "vitest";
import {
  Gru,
  type GruOptions,
  gruCell,
  Lstm,
  type LstmOptions,
  lstmCell,
  type RecurrentLayerOptions,
  type RecurrentModule,
  Rnn,
  type RnnLayerOptions,
  rnnCell,
  type StepContext,
} from "../../src/index.ts";

export const session: Session = await createSession({ backend: "reference" });
export const stream = new Rng(5).stream("support");
export const sizes = { inputSize: 3, hiddenSize: 4, stream };
export const lengths = Int32Array.of(4, 2, 3);
export const x: Tensor = session.tensor(stream.fork("x").normal(3 * 4 * 3), [3, 4, 3]);
export const firstStep: Tensor = squeeze(slice(x, 1, 0, 1), 1);
export const training: StepContext = { training: true, step: 1, examples: Int32Array.of(2, 5, 7) };

export type Kind = "lstm" | "gru" | "rnn";
type Options = Partial<LstmOptions & GruOptions & RnnLayerOptions>;

/** A layer whose weights can be given to its cell. */
interface Layer extends RecurrentModule {
  weightsOf(layer: number): RecurrentWeights;
}

/** A layer of a kind with options beside the sizes; those that it has not are refused by it. */
export function make(kind: Kind, options: Options & Partial<RecurrentLayerOptions> = {}): Layer {
  const all = { ...sizes, ...options };
  if (kind === "lstm") return new Lstm(session, all);
  return kind === "gru" ? new Gru(session, all) : new Rnn(session, all);
}

/** One step of each kind, of the weights that a layer holds. */
const cellOf = { lstm: lstmCell, gru: gruCell, rnn: rnnCell } as const;

/** Expects the first step of a layer with these options to be a step of the kind's cell with them. */
export function expectCell(kind: Kind, options: Options): void {
  const layer = make(kind, options);
  const { output } = layer.forward(slice(x, 1, 0, 1));
  const zeros = session.zeros([3, 4]);
  const weights = layer.weightsOf(0);
  const { hiddenState } = cellOf[kind](weights, firstStep, { hiddenState: zeros, cellState: zeros }, options);
  expectClose(squeeze(output, 1), hiddenState);
  expect([...output.readSync()]).not.toEqual([
    ...make(kind)
      .forward(slice(x, 1, 0, 1))
      .output.readSync(),
  ]);
}

export function expectClose(got: Tensor, wanted: Tensor): void {
  expect(got.shape).toEqual(wanted.shape);
  const numbers = wanted.readSync();
  got.readSync().forEach((value, index) => {
    expect(value).toBeCloseTo(numbers[index]!, 5);
  });
}

/** Whether an option changes what layers give in training alone. */
export function expectDropout(kind: Kind, options: Options): void {
  const layer = make(kind, options);
  const plain = make(kind).forward(x, { lengths }).output;
  expect(layer.forward(x, { lengths }).output).toEqualTensorBits(plain);
  expect([...layer.forward(x, { lengths, step: training }).output.readSync()]).not.toEqual([...plain.readSync()]);
}

export const parameter = (layer: RecurrentModule, name: string): Tensor => layer.parameters().get(name)!;

/** A step of the kind's cell from a state of ones. */
export function stepFromOnes(kind: Kind, recurrentDropoutMask?: Tensor): Tensor {
  const ones = session.full([3, 4], 1);
  const state = { hiddenState: ones, cellState: ones };
  return cellOf[kind](make(kind).weightsOf(0), firstStep, state, { recurrentDropoutMask }).hiddenState;
}
