/** One attention step over padded keys and values, as one op. */
import { needsGrad } from "../autograd/tape.ts";
import { ShapeError } from "../errors.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reduceKernel } from "./broadcast.ts";
import { checkFloat } from "./elementwise.ts";
import { checkLengths } from "./sequence.ts";

/** How a query meets a key. */
export type AttentionScore =
  /** `query . key` (Luong et al. 2015, eq. 8); project the query or the keys first for "general". */
  | { readonly kind: "dot" }
  /** `energy . tanh(query + key)` (Bahdanau et al. 2015, appendix A.1.2); `energy` is `[querySize]`. */
  | { readonly kind: "additive"; readonly energy: Tensor };

/**
 * Attends to the real steps of each row.
 *
 * @param query   `[batch, querySize]`
 * @param keys    `[batch, time, querySize]`
 * @param values  `[batch, time, valueSize]`
 * @param lengths real steps of each row, `[batch]`; a row of length 0 gives zeros
 * @returns `context` `[batch, valueSize]` and `weights` `[batch, time]`, zero on padding
 */
export function attend(
  query: Tensor,
  keys: Tensor,
  values: Tensor,
  lengths: Int32Array,
  score: AttentionScore,
): { context: Tensor; weights: Tensor } {
  if (score.kind !== "additive" && score.kind !== "dot") {
    throw new RangeError(
      `attend: expected a score of kind dot or additive, got ${String((score as { kind: unknown }).kind)}`,
    );
  }
  checkFloat("attend", query, keys, values, ...(score.kind === "additive" ? [score.energy] : []));
  const [batch, querySize] = query.shape as [number, number];
  const [, time, valueSize] = values.shape as [number, number, number];
  if (query.shape.length !== 2) throw new ShapeError("attend", "a query of shape [batch, querySize]", query.shape);
  if (!sameShape(keys.shape, [batch, time, querySize])) {
    throw new ShapeError("attend", `keys of shape [${batch}, ${time}, ${querySize}]`, keys.shape);
  }
  if (!sameShape(values.shape, [batch, time, valueSize])) {
    throw new ShapeError("attend", `values of shape [${batch}, ${time}, valueSize]`, values.shape);
  }
  checkLengths("attend", lengths, batch, time);
  const energy = score.kind === "additive" ? score.energy : undefined;
  if (energy && !sameShape(energy.shape, [querySize])) {
    throw new ShapeError("attend", `an energy of shape [${querySize}]`, energy.shape);
  }
  const { session } = query;
  const inputs = [query, keys, values, energy];
  const requiresGrad = needsGrad(inputs);
  const context = session.empty([batch, valueSize], { requiresGrad });
  const weights = session.empty([batch, time], { requiresGrad });
  const tanhs = energy && requiresGrad ? session.empty(keys.shape) : undefined;
  const args = {
    shape: { batch, time, querySize, valueSize, lengths },
    query: query.storage,
    keys: keys.storage,
    values: values.storage,
    energy: energy?.storage,
    context: context.storage,
    weights: weights.storage,
    tanhs: tanhs?.storage,
  };
  session.backend.attentionForward(args);
  if (requiresGrad) {
    session.record({
      op: "attend",
      inputs,
      outputs: [context, weights],
      saved: tanhs ? [tanhs] : [],
      backward: ([dContext, dWeights], ownSum) => {
        const dQuery = session.empty(query.shape);
        // Many steps attend to the same keys and values: each adds to the sums of those before it.
        const keysSum = keys === values ? undefined : ownSum(keys);
        const valuesSum = keys === values ? undefined : ownSum(values);
        const dKeys = keysSum ?? session.empty(keys.shape);
        const dValues = valuesSum ?? session.empty(values.shape);
        const dEnergyRows = energy && session.empty([batch, querySize]);
        session.backend.attentionBackward({
          ...args,
          contextGradient: (dContext ?? session.zeros(context.shape)).storage,
          weightsGradient: dWeights?.storage,
          queryGradient: dQuery.storage,
          keysGradient: dKeys.storage,
          valuesGradient: dValues.storage,
          addToKeys: keysSum !== undefined,
          addToValues: valuesSum !== undefined,
          energyGradient: dEnergyRows?.storage,
        });
        return [
          dQuery,
          keysSum ? undefined : dKeys,
          valuesSum ? undefined : dValues,
          dEnergyRows && reduceKernel("sum", dEnergyRows, 0, [querySize]),
        ];
      },
    });
  }
  return { context, weights };
}
