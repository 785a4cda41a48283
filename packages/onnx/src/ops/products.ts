/** Matrix products. */
import { add, linear, matmul, mul, reshape, type Tensor } from "@cellstate/tensor";
import type { NodeCall, Op } from "../run/op.ts";
import { broadcast, broadcastPlaces, sizeOf } from "../shapes.ts";
import { type FloatValue, floatValue, type OnnxValue } from "../values.ts";
import { commonShape } from "./elementwise.ts";
import { rearrange } from "./rearrange.ts";

/** Of matrices, or of lists of them whose other axes broadcast; a vector stands for a row on the left, a column on the right. */
function product(call: NodeCall): OnnxValue {
  const [a, b] = [call.tensor(0), call.tensor(1)];
  if (a.shape.length === 0 || b.shape.length === 0) throw call.fault("expected vectors or matrices, got one number");
  const left = a.shape.length === 1 ? reshape(a, [1, a.size]) : a;
  const right = b.shape.length === 1 ? reshape(b, [b.size, 1]) : b;
  const [rows, inner] = left.shape.slice(-2) as [number, number];
  const columns = right.shape.at(-1)!;
  if (right.shape.at(-2) !== inner) {
    throw call.fault(`expected factors that fit, got [${a.shape.join(", ")}] and [${b.shape.join(", ")}]`);
  }
  const batch = broadcast(left.shape.slice(0, -2), right.shape.slice(0, -2));
  if (batch === undefined) {
    throw call.fault(`expected batches that broadcast, got [${a.shape.join(", ")}] and [${b.shape.join(", ")}]`);
  }
  call.reserve([...batch, rows, columns]);
  const result =
    right.shape.length === 2
      ? matmul(reshape(left, [left.size / Math.max(inner, 1), inner]), right)
      : matmul(batched(call, left, batch), batched(call, right, batch));
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [rows]), ...(b.shape.length === 1 ? [] : [columns])];
  return floatValue(reshape(result, shape));
}

/** As one list of matrices, repeated where its axes are stretched. */
function batched(call: NodeCall, x: Tensor, batch: readonly number[]): Tensor {
  const matrix = x.shape.slice(-2);
  const wanted = [...batch, ...matrix];
  const isWhole = sizeOf(wanted) === x.size;
  const full = isWhole
    ? x
    : (rearrange(call, floatValue(x), wanted, broadcastPlaces(x.shape, wanted)) as FloatValue).tensor;
  return reshape(full, [sizeOf(batch), ...matrix]);
}

/** alpha * A B + beta * C, either factor transposed where its attribute says so. */
function gemm(call: NodeCall): OnnxValue {
  const [a, b] = [call.tensor(0), call.tensor(1)];
  const c = call.optionalTensor(2);
  if (a.shape.length !== 2 || b.shape.length !== 2) throw call.fault("expected two matrices");
  const [transposeA, transposeB] = [call.int("transA", 0) !== 0, call.int("transB", 0) !== 0];
  const [alpha, beta] = [call.float("alpha", 1), call.float("beta", 1)];
  const shape = [a.shape[transposeA ? 1 : 0]!, b.shape[transposeB ? 0 : 1]!];
  call.reserve(shape);
  if (!transposeA && transposeB && alpha === 1 && beta === 1 && c?.shape.length === 1 && c.size === shape[1]) {
    return floatValue(linear(a, b, c));
  }
  const product = matmul(a, b, { transposeA, transposeB });
  const scaled = floatValue(alpha === 1 ? product : mul(product, alpha));
  if (c === undefined) return scaled;
  const term = floatValue(beta === 1 ? c : mul(c, beta));
  commonShape(call, scaled, term);
  return floatValue(add(scaled.tensor, term.tensor));
}

export const productOps: Readonly<Record<string, Op>> = {
  MatMul: { attributes: [], run: product },
  Gemm: { attributes: ["alpha", "beta", "transA", "transB"], run: gemm },
};
