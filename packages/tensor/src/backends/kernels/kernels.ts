/** The C kernels as JavaScript sees them, compiled for WebAssembly or for this processor. */

/** The C functions of kernels/*.c; every number is an address, a count or a scalar. */
export interface Kernels {
  kernel_interface(): number;
  fill(out: number, count: number, value: number): void;
  unary(op: number, x: number, out: number, count: number): void;
  unary_gradient(op: number, x: number, y: number, dy: number, dx: number, count: number): void;
  binary(
    op: number,
    a: number,
    b: number,
    out: number,
    runs: number,
    outer: number,
    aStride: number,
    bStride: number,
    count: number,
  ): void;
  copy_runs(
    from: number,
    to: number,
    runs: number,
    outer: number,
    fromStride: number,
    toStride: number,
    count: number,
    accumulate: number,
  ): void;
  where(condition: number, a: number, b: number, out: number, count: number): void;
  reduce(op: number, x: number, out: number, outer: number, length: number, inner: number): void;
  cumulative_sum(x: number, out: number, outer: number, length: number, inner: number, reverse: number): void;
  sum_all(x: number, count: number): number;
  first_non_finite(x: number, count: number): number;
  packed_elements(k: number, n: number): number;
  left_elements(k: number): number;
  matmul(
    a: number,
    b: number,
    bias: number,
    out: number,
    packed: number,
    strips: number,
    batch: number,
    m: number,
    n: number,
    k: number,
    transposeA: number,
    transposeB: number,
    sharedB: number,
    isPacked: number,
  ): void;
  product_sum(args: number): void;
  softmax(x: number, out: number, rows: number, classes: number, isLog: number): void;
  softmax_gradient(y: number, dy: number, dx: number, rows: number, classes: number, isLog: number): void;
  layer_norm(args: number): void;
  layer_norm_gradient(args: number): void;
  arg_max(x: number, out: number, rows: number, classes: number): void;
  top_k(x: number, values: number, indices: number, rows: number, classes: number, k: number): void;
  cross_entropy_forward(
    logits: number,
    targets: number,
    classWeights: number,
    logSumExps: number,
    losses: number,
    rows: number,
    classes: number,
    smoothing: number,
  ): void;
  cross_entropy_backward(
    logits: number,
    targets: number,
    classWeights: number,
    logSumExps: number,
    dLogits: number,
    rows: number,
    classes: number,
    smoothing: number,
    scale: number,
  ): void;
  gather_rows(table: number, ids: number, out: number, count: number, width: number): void;
  scatter_add_rows(rows: number, slots: number, out: number, count: number, width: number, outCount: number): void;
  gather(x: number, indices: number, out: number, outer: number, length: number, count: number, inner: number): void;
  gather_gradient(
    dy: number,
    indices: number,
    dx: number,
    outer: number,
    length: number,
    count: number,
    inner: number,
  ): void;
  dropout(
    x: number,
    out: number,
    batch: number,
    time: number,
    features: number,
    scale: number,
    threshold: number,
    key0: number,
    key1: number,
    step: number,
    examples: number,
    timeOffset: number,
  ): void;
  pool(
    kind: number,
    x: number,
    out: number,
    chosen: number,
    lengths: number,
    batch: number,
    time: number,
    features: number,
  ): void;
  pool_gradient(
    kind: number,
    dy: number,
    dx: number,
    chosen: number,
    lengths: number,
    batch: number,
    time: number,
    features: number,
  ): void;
  lstm_forward(args: number): void;
  lstm_forward_both(first: number, second: number): void;
  lstm_backward(args: number): void;
  gru_forward(args: number): void;
  gru_backward(args: number): void;
  rnn_forward(args: number): void;
  rnn_backward(args: number): void;
  attention_forward(args: number): void;
  attention_backward(args: number): void;
  optimizer_step(args: number): void;
  sum_of_squares(args: number): number;
  multiply_add_chains(iterations: number, ends: number): number;
}

/** Kernels, the memory that their addresses lie in, and the threads behind them. */
export interface Team {
  readonly name: "wasm" | "native";
  readonly threads: number;
  readonly kernels: Kernels;
  /** WebAssembly memory for the native kernels too: it grows and never moves. */
  readonly memory: WebAssembly.Memory;
  /** First address that the caller may use: behind the kernels' data and all stacks. */
  readonly heapBase: number;
  stop(): Promise<void>;
}

/** Raised with every change of a kernel's arguments or of a struct, as is the number in kernels/interface.c. */
const KERNEL_INTERFACE = 3;

/** Whether kernels were built from the sources that this file is of; others would read arguments wrongly. */
export function areCurrent(kernels: Partial<Kernels>): boolean {
  return kernels.kernel_interface?.() === KERNEL_INTERFACE;
}
