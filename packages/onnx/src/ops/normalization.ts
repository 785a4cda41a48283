/** Normalization, and dropout, which does nothing outside training. */
import { add, div, layerNorm, mean, mul, reshape, sqrt, square, sub, type Tensor } from "@cellstate/tensor";
import type { NodeCall, Op } from "../run/op.ts";
import { sizeOf } from "../shapes.ts";
import { boolValue, floatValue, type OnnxValue } from "../values.ts";

/** The result, and for those who ask the mean and the inverse deviation of each row. */
function normalizeLayer(call: NodeCall): OnnxValue[] {
  const x = call.tensor(0);
  const axis = call.axis(call.int("axis", -1), x.shape.length);
  const outer = x.shape.slice(0, axis);
  const features = sizeOf(x.shape.slice(axis));
  const gain = reshape(call.tensor(1), [features]);
  const bias = call.optionalTensor(2);
  const rows = reshape(x, [sizeOf(outer), features]);
  const shift = bias === undefined ? call.session.zeros([features]) : reshape(bias, [features]);
  const epsilon = call.float("epsilon", 1e-5);
  const normalized = floatValue(reshape(layerNorm(rows, gain, shift, epsilon), x.shape));
  if (call.node.outputs.length < 2) return [normalized];
  const means = mean(rows, 1);
  const variance = mean(square(sub(rows, reshape(means, [means.size, 1]))), 1);
  const shape = [...outer, ...x.shape.slice(axis).map(() => 1)];
  const inverse = div(call.session.full([], 1), sqrt(add(variance, epsilon)));
  return [normalized, floatValue(reshape(means, shape)), floatValue(reshape(inverse, shape))];
}

/** By the mean and variance that training left, along the second axis. */
function normalizeBatch(call: NodeCall): OnnxValue {
  const x = call.tensor(0);
  if (call.int("training_mode", 0) !== 0 || call.node.outputs.slice(1).some((name) => name !== "")) {
    throw call.fault("expected a model that was exported for inference, got training_mode 1");
  }
  const channels = x.shape[1] ?? 1;
  const shape = [channels, ...x.shape.slice(2).map(() => 1)];
  const [scale, bias, average, variance] = [1, 2, 3, 4].map((index) => reshape(call.tensor(index), shape)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const deviation = sqrt(add(variance, call.float("epsilon", 1e-5)));
  return floatValue(add(mul(div(sub(x, average), deviation), scale), bias));
}

function dropout(call: NodeCall): OnnxValue[] {
  const value = call.value(0);
  if (call.optional(2) !== undefined && call.scalar(2) !== 0) {
    throw call.fault("expected a model that was exported for inference, got training_mode true");
  }
  if (call.node.outputs.length < 2) return [value];
  call.reserve(value.shape);
  return [value, boolValue(value.shape, new Float64Array(sizeOf(value.shape)).fill(1))];
}

export const normalizationOps: Readonly<Record<string, Op>> = {
  LayerNormalization: { attributes: ["axis", "epsilon", "stash_type"], run: normalizeLayer },
  BatchNormalization: { attributes: ["epsilon", "momentum", "training_mode", "spatial"], run: normalizeBatch },
  Dropout: { attributes: ["ratio", "seed", "is_test"], run: dropout },
};
