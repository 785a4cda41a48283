/** The closed list of operators by the names that ONNX gives them. */
import { arithmeticOps } from "./ops/arithmetic.ts";
import { comparisonOps } from "./ops/comparisons.ts";
import { controlOps } from "./ops/control.ts";
import { convolutionOps } from "./ops/convolution.ts";
import { functionOps } from "./ops/functions.ts";
import { indexingOps } from "./ops/indexing.ts";
import { layoutOps } from "./ops/layout.ts";
import { normalizationOps } from "./ops/normalization.ts";
import { productOps } from "./ops/products.ts";
import { quantizationOps } from "./ops/quantization.ts";
import { reductionOps } from "./ops/reductions.ts";
import { typeOps } from "./ops/types.ts";
import { gruOp } from "./recurrent/gru.ts";
import { lstmOp } from "./recurrent/lstm.ts";
import { rnnOp } from "./recurrent/rnn.ts";
import type { Op } from "./run/op.ts";

export const ops: Readonly<Record<string, Op>> = {
  LSTM: lstmOp,
  GRU: gruOp,
  RNN: rnnOp,
  ...arithmeticOps,
  ...functionOps,
  ...comparisonOps,
  ...layoutOps,
  ...indexingOps,
  ...reductionOps,
  ...productOps,
  ...quantizationOps,
  ...normalizationOps,
  ...convolutionOps,
  ...typeOps,
  ...controlOps,
};

/** The names of all operators that models may use, sorted. */
export const onnxOperators: readonly string[] = Object.keys(ops).sort();
