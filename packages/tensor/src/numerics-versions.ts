/** What moved bits from one `numericsVersion` to the next, for whoever finds that a result of an earlier one differs. */

/** In words for users, by the version that brought the change. */
export const numericsChanges: Readonly<Record<number, string>> = {
  2: "exp, tanh and sigmoid have smaller errors; argMax and topK take a NaN for the largest",
  3: "first recurrent weights are made orthogonal by one pass over four vectors at a time",
  4: "a term of a product is one fused multiply-add in products, recurrent layers, attention, weight gradients and the polynomials of exp, log, tanh, sigmoid and erf",
  5: "log-softmax and cross-entropy of logits beyond 64 subtract the largest one first",
};
