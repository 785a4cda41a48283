/** Holds a layer to a case of layers.json, which make_layers_golden.py wrote: its outputs, and the gradients of all that it reads. */
import { readFileSync } from "node:fs";
import {
  add,
  backward,
  createSession,
  denseGradient,
  mul,
  Rng,
  type Session,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { expect } from "vitest";
import type { Module } from "../src/index.ts";
import type { GoldenTensor } from "./golden-files.ts";

type Tensors = Readonly<Record<string, GoldenTensor>>;

export interface GoldenLayer {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly parameters: Tensors;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  /** Weigh the outputs in the loss. */
  readonly factors: Tensors;
  readonly gradients: Tensors;
}

const file = JSON.parse(readFileSync(new URL("golden/layers.json", import.meta.url), "utf8")) as Readonly<
  Record<string, readonly GoldenLayer[]>
>;

/** The cases of one layer. */
export function goldenLayers(layer: string): readonly GoldenLayer[] {
  return file[layer]!;
}

/** The file has 12 digits; float32 sums up a few roundings of 6e-8. */
export const goldenPrecisions = [
  { dtype: "float64", tolerance: 1e-10 },
  { dtype: "float32", tolerance: 1e-5 },
] as const;

export interface GoldenPrecision {
  readonly dtype: "float64" | "float32";
  readonly tolerance: number;
}

/** What a case needs of the layer that it judges. */
export interface GoldenRun {
  readonly module?: Module;
  forward(inputs: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>;
}

export async function holdToGolden(
  golden: GoldenLayer,
  { dtype, tolerance }: GoldenPrecision,
  build: (session: Session, stream: ReturnType<Rng["stream"]>) => GoldenRun,
): Promise<void> {
  const session = await createSession({ backend: "reference", dtype });
  const { module, forward } = build(session, new Rng(1).stream("golden"));
  const parameters = module?.parameters() ?? new Map<string, Tensor>();
  expect([...parameters.keys()].sort()).toEqual(Object.keys(golden.parameters).sort());
  for (const [name, { shape, data }] of Object.entries(golden.parameters)) {
    expect(parameters.get(name)!.shape).toEqual(shape);
    parameters.get(name)!.write(data);
  }
  const inputs = mapValues(golden.inputs, ({ data, shape }) => session.tensor(data, shape, { requiresGrad: true }));
  const outputs = forward(inputs);
  const losses = Object.entries(golden.outputs).map(([name, want]) => {
    expect(outputs[name]!.shape).toEqual(want.shape);
    expectClose(name, outputs[name]!.readSync(), want, tolerance);
    const factor = golden.factors[name]!;
    return sum(mul(outputs[name]!, session.tensor(factor.data, factor.shape)));
  });
  const gradients = backward(losses.reduce((total, loss) => add(total, loss)));
  const leaves = { ...inputs, ...Object.fromEntries(parameters) };
  for (const [name, want] of Object.entries(golden.gradients)) {
    expectClose(`gradient of ${name}`, denseGradient(gradients.get(leaves[name]!)!).readSync(), want, tolerance);
  }
}

function expectClose(what: string, got: ArrayLike<number>, golden: GoldenTensor, tolerance: number): void {
  expect(got.length).toBe(golden.data.length);
  golden.data.forEach((want, i) => {
    const error = Math.abs(got[i]! - want) / Math.max(1, Math.abs(want));
    expect(error, `${what}, element ${i}: ${got[i]} against ${want}`).toBeLessThanOrEqual(tolerance);
  });
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
