/** Functions of one input, element by element. */
import {
  abs,
  add,
  cos,
  div,
  erf,
  exp,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  sin,
  softsign,
  sqrt,
  type Tensor,
  tanh,
} from "@cellstate/tensor";
import { type Activation, activations, celu, selu, sign, softplus } from "../activations.ts";
import type { NodeCall, Op } from "../run/op.ts";
import { floatValue } from "../values.ts";
import { mapElements, roundToEven, unaryOp } from "./elementwise.ts";

/** An activation whose parameters are attributes. */
function activationOp({ defaults: [alpha = 0, beta = 0], apply }: Activation, attributes: readonly string[]): Op {
  return unaryOp({ float: (x, call) => apply(x, call.float("alpha", alpha), call.float("beta", beta)) }, attributes);
}

/** x times the share of a normal distribution below x (Hendrycks & Gimpel 2016), exact or by a hyperbolic tangent. */
function gelu(x: Tensor, call: NodeCall): Tensor {
  const inner =
    call.string("approximate", "none") === "tanh"
      ? tanh(mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI)))
      : erf(mul(x, Math.SQRT1_2));
  return mul(mul(x, 0.5), add(inner, 1));
}

/** Bounds are attributes in old versions, inputs in newer ones; either may be missing. */
function clip(call: NodeCall): Tensor {
  const x = call.tensor(0);
  const low = call.node.attributes.float("min") ?? call.optionalScalar(1);
  const high = call.node.attributes.float("max") ?? call.optionalScalar(2);
  const raised = low === undefined ? x : maximum(x, low);
  return high === undefined ? raised : minimum(raised, high);
}

function clipWhole(call: NodeCall): number[] {
  const low = call.optionalScalar(1) ?? Number.NEGATIVE_INFINITY;
  const high = call.optionalScalar(2) ?? Number.POSITIVE_INFINITY;
  return call.ints(0).map((x) => Math.min(Math.max(x, low), high));
}

const hardSigmoid = activations.HardSigmoid.apply;

export const functionOps: Readonly<Record<string, Op>> = {
  Neg: unaryOp({ float: neg, whole: (x) => -x }),
  Abs: unaryOp({ float: abs, whole: Math.abs }),
  Sign: unaryOp({ float: sign, whole: Math.sign }),
  Sqrt: unaryOp({ float: sqrt }),
  Exp: unaryOp({ float: exp }),
  Log: unaryOp({ float: log }),
  Sin: unaryOp({ float: sin }),
  Cos: unaryOp({ float: cos }),
  Erf: unaryOp({ float: erf }),
  Reciprocal: unaryOp({ float: (x) => div(x.session.full([], 1), x) }),
  Floor: unaryOp({ float: (x) => mapElements(x, Math.floor) }),
  Ceil: unaryOp({ float: (x) => mapElements(x, Math.ceil) }),
  Round: unaryOp({ float: (x) => mapElements(x, roundToEven) }),
  Relu: unaryOp({ float: relu, whole: (x) => Math.max(x, 0) }),
  Sigmoid: unaryOp({ float: sigmoid }),
  Tanh: unaryOp({ float: tanh }),
  Softsign: unaryOp({ float: softsign }),
  Softplus: unaryOp({ float: softplus }),
  LeakyRelu: activationOp(activations.LeakyRelu, ["alpha"]),
  ThresholdedRelu: activationOp(activations.ThresholdedRelu, ["alpha"]),
  HardSigmoid: activationOp(activations.HardSigmoid, ["alpha", "beta"]),
  Elu: activationOp(activations.Elu, ["alpha"]),
  Celu: unaryOp({ float: (x, call) => celu(x, call.float("alpha", 1)) }, ["alpha"]),
  Selu: unaryOp({ float: (x, call) => selu(x, call.float("alpha", 1.6732632), call.float("gamma", 1.050701)) }, [
    "alpha",
    "gamma",
  ]),
  HardSwish: unaryOp({ float: (x) => mul(x, hardSigmoid(x, 1 / 6, 0.5)) }),
  Swish: unaryOp({ float: (x, call) => mul(x, sigmoid(mul(x, call.float("alpha", 1)))) }, ["alpha"]),
  Mish: unaryOp({ float: (x) => mul(x, tanh(softplus(x))) }),
  Gelu: unaryOp({ float: gelu }, ["approximate"]),
  Clip: {
    attributes: ["min", "max"],
    run: (call) => {
      const value = call.value(0);
      return value.kind === "whole" ? { ...value, data: clipWhole(call) } : floatValue(clip(call));
    },
  },
};
