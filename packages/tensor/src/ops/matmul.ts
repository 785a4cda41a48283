/** Matrix products and the affine map, with their gradient rules. */
import { type ProductGradient, productGradient } from "../autograd/gradient.ts";
import { needsGrad } from "../autograd/tape.ts";
import { ShapeError } from "../errors.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import type { Tensor } from "../tensor.ts";
import { reduceKernel } from "./broadcast.ts";
import { checkFloat } from "./elementwise.ts";
import { reshape } from "./layout.ts";

export interface MatmulOptions {
  /** `a` is given as `[..., k, m]`. Default false. */
  readonly transposeA?: boolean;
  /** `b` is given as `[..., n, k]`. Default false. */
  readonly transposeB?: boolean;
}

/** @internal */
export interface Operand {
  readonly tensor: Tensor;
  readonly transposed: boolean;
  /** As a right side it is written no more, so that its packed form is kept until it is freed. Default: for parameters. */
  readonly isKept?: boolean;
}

/** `[batch, rows, cols]` of an operand after its transposition; batch 1 for a plain matrix. */
function extents({ tensor, transposed }: Operand): [number, number, number] {
  const [batch, rows, cols] = tensor.shape.length === 2 ? [1, ...tensor.shape] : tensor.shape;
  return transposed ? [batch!, cols!, rows!] : [batch!, rows!, cols!];
}

/** @internal The kernel without recording; `out` has the shape that the caller wants. */
export function product(left: Operand, right: Operand, out: Tensor, bias?: Tensor): Tensor {
  const [batch, m, k] = extents(left);
  out.session.backend.matmul({
    a: left.tensor.storage,
    b: right.tensor.storage,
    bias: bias?.storage,
    out: out.storage,
    batch,
    m,
    n: extents(right)[2],
    k,
    transposeA: left.transposed,
    transposeB: right.transposed,
    sharedB: right.tensor.shape.length === 2,
    keepB: right.isKept ?? right.tensor.block.isParameter,
  });
  return out;
}

const optionNames: OptionNames<MatmulOptions> = { transposeA: true, transposeB: true };

/**
 * Matrix product: `[m, k] x [k, n] -> [m, n]`, or batch by batch `[batch, m, k] x [batch, k, n]`.
 *
 * @throws {ShapeError} if the inner extents or the batches differ
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  requireKnownOptions("matmul", options, optionNames);
  checkFloat("matmul", a, b);
  const left: Operand = { tensor: a, transposed: options.transposeA ?? false };
  const right: Operand = { tensor: b, transposed: options.transposeB ?? false };
  if (a.shape.length !== b.shape.length || (a.shape.length !== 2 && a.shape.length !== 3)) {
    throw new ShapeError(
      "matmul",
      `two matrices or two batches of matrices, the first [${a.shape.join(", ")}]`,
      b.shape,
    );
  }
  const [batch, m, k] = extents(left);
  const [batchB, kB, n] = extents(right);
  if (k !== kB || batch !== batchB) {
    throw new ShapeError("matmul", `a right side with ${k} rows in ${batch} matrices`, `${kB} rows in ${batchB}`);
  }
  const out = a.session.empty(a.shape.length === 2 ? [m, n] : [batch, m, n], { requiresGrad: needsGrad([a, b]) });
  product(left, right, out);
  if (out.requiresGrad) {
    a.session.record({
      op: "matmul",
      inputs: [a, b],
      outputs: [out],
      backward: ([dy]) => productGradients(left, right, dy!),
    });
  }
  return out;
}

type OperandGradients = [Tensor | undefined, Tensor | ProductGradient | undefined];

/** @internal Gradients of both operands from that of their product; that of the left one also where `needsLeft` says so. */
export function productGradients(
  left: Operand,
  right: Operand,
  dy: Tensor,
  needsLeft: boolean = left.tensor.requiresGrad,
): OperandGradients {
  const { session } = dy;
  const [a, b] = [left.tensor, right.tensor];
  const d: Operand = { tensor: dy, transposed: false };
  const dT: Operand = { tensor: dy, transposed: true };
  const flip = (operand: Operand): Operand => ({ ...operand, transposed: !operand.transposed });
  const gradientA = () => {
    const out = session.empty(a.shape);
    return left.transposed ? product(right, dT, out) : product(d, flip(right), out);
  };
  const gradientB = () => {
    if (b.shape.length === 2 && !left.transposed) {
      const later = right.transposed ? productGradient(dy, a) : productGradient(a, dy);
      if (later) return later;
    }
    const out = session.empty(b.shape);
    return right.transposed ? product(dT, left, out) : product(flip(left), d, out);
  };
  return [needsLeft ? gradientA() : undefined, b.requiresGrad ? gradientB() : undefined];
}

/**
 * The affine map `x W^T + b` of PyTorch's `Linear`.
 *
 * @param x       `[..., inputSize]`
 * @param weight  `[outputSize, inputSize]`
 * @param bias    `[outputSize]`
 * @returns `[..., outputSize]`
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const inputSize = x.shape.at(-1);
  if (weight.shape.length !== 2 || weight.shape[1] !== inputSize) {
    throw new ShapeError("linear", `a weight of shape [outputSize, ${inputSize}]`, weight.shape);
  }
  const outputSize = weight.shape[0]!;
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== outputSize)) {
    throw new ShapeError("linear", `a bias of shape [${outputSize}]`, bias.shape);
  }
  checkFloat("linear", x, weight, ...(bias ? [bias] : []));
  const rows = x.shape.length === 2 ? x : reshape(x, [-1, inputSize!]);
  const inputs = [rows, weight, bias];
  const out = x.session.empty([rows.shape[0]!, outputSize], { requiresGrad: needsGrad(inputs) });
  const left: Operand = { tensor: rows, transposed: false };
  const right: Operand = { tensor: weight, transposed: true };
  product(left, right, out, bias);
  if (out.requiresGrad) {
    x.session.record({
      op: "linear",
      inputs,
      outputs: [out],
      backward: ([dy]) => [
        ...productGradients(left, right, dy!),
        bias?.requiresGrad ? reduceKernel("sum", dy!, 0, bias.shape) : undefined,
      ],
    });
  }
  return x.shape.length === 2 ? out : reshape(out, [...x.shape.slice(0, -1), outputSize]);
}
