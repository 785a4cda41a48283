/** Activation functions as configs name them. */
import { UnsupportedModelError } from "../errors.ts";
import type { Writer } from "./writer.ts";

/** Those that mean the same in every Keras that has them. */
const SAME: Readonly<Record<string, string>> = {
  celu: "celu",
  elu: "elu",
  exponential: "exponential",
  gelu: "gelu",
  hard_shrink: "hardShrink",
  hard_silu: "hardSwish",
  hard_swish: "hardSwish",
  hard_tanh: "hardTanh",
  leaky_relu: "leakyRelu",
  linear: "linear",
  log_sigmoid: "logSigmoid",
  log_softmax: "logSoftmax",
  mish: "mish",
  relu: "relu",
  relu6: "relu6",
  selu: "selu",
  sigmoid: "sigmoid",
  silu: "silu",
  soft_shrink: "softShrink",
  softmax: "softmax",
  softmax_v2: "softmax",
  softplus: "softplus",
  softsign: "softsign",
  squareplus: "squareplus",
  swish: "swish",
  tanh: "tanh",
  tanh_shrink: "tanhShrink",
};

/**
 * The name of an activation in `@cellstate/lstm-core`.
 *
 * `hard_sigmoid` is `0.2 x + 0.5` up to Keras 2 and `x / 6 + 0.5` since Keras 3, each between 0 and 1.
 *
 * @param value  a name, or the description of a function or layer that newer configs have
 * @throws {UnsupportedModelError} naming layer, option and what it asks for
 */
export function activationName(value: unknown, where: string, writer: Writer, file: string): string {
  const name = nameOf(value);
  if (name === "hard_sigmoid") return writer.major === 3 ? "hardSigmoid" : "hardSigmoidLegacy";
  if (name !== undefined && Object.hasOwn(SAME, name)) return SAME[name]!;
  const what = name ?? JSON.stringify(value)?.slice(0, 80);
  throw new UnsupportedModelError(
    file,
    `${where} is ${what}, which is not taken over; activations that are: ${Object.keys(SAME).join(", ")}, hard_sigmoid`,
  );
}

/** `{ "class_name": "function", "config": "relu" }`, a layer such as `ReLU` without options of its own, or the name itself. */
function nameOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return "linear";
  if (typeof value === "string") return value;
  if (typeof value !== "object") return undefined;
  const { class_name: className, config } = value as { class_name?: unknown; config?: unknown };
  if (className === "function" && typeof config === "string") return config;
  return className === "ReLU" && isPlain(config) ? "relu" : typeof className === "string" ? className : undefined;
}

function isPlain(config: unknown): boolean {
  const { max_value: top = null, negative_slope: slope = 0, threshold = 0 } = (config ?? {}) as Record<string, unknown>;
  return top === null && slope === 0 && threshold === 0;
}
