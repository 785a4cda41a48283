/** Ops over padded sequences: dropout and pooling over time. */
import { needsGrad } from "../autograd/tape.ts";
import type { PoolKind } from "../backend.ts";
import { poolKinds } from "../backends/kernels/kernels.generated.ts";
import { ShapeError } from "../errors.ts";
import type { RandomStream } from "../random.ts";
import type { Tensor } from "../tensor.ts";
import { checkFloat } from "./elementwise.ts";

/** Where dropout's random numbers come from: a padded position never moves another one's number. */
export interface DropoutAddress {
  readonly stream: RandomStream;
  /** Training step. */
  readonly step: number;
  /** Number of each row's example, `[batch]`. */
  readonly examples: Int32Array;
  /** Time of the first step of `x`. Default 0. */
  readonly timeOffset?: number;
}

/**
 * Inverted dropout: zeroes elements with probability `rate` and scales the others by `1 / (1 - rate)`.
 *
 * @param x    `[batch, feature]` or `[batch, time, feature]`
 * @param rate in `[0, 1)`; 0 returns `x`
 * @see Srivastava et al. 2014
 */
export function dropout(x: Tensor, rate: number, address: DropoutAddress): Tensor {
  checkFloat("dropout", x);
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: expected a rate in [0, 1), got ${rate}`);
  if (rate === 0) return x;
  const [batch, time, features] =
    x.shape.length === 2 ? [x.shape[0]!, 1, x.shape[1]!] : (x.shape as [number, number, number]);
  if (x.shape.length !== 2 && x.shape.length !== 3) {
    throw new ShapeError("dropout", "[batch, feature] or [batch, time, feature]", x.shape);
  }
  if (address.examples.length !== batch) {
    throw new ShapeError("dropout", `${batch} example numbers`, `${address.examples.length}`);
  }
  const { session } = x;
  const addressing = {
    key: address.stream.key,
    step: address.step,
    examples: address.examples,
    timeOffset: address.timeOffset ?? 0,
  };
  const masked = (from: Tensor, requiresGrad: boolean): Tensor => {
    const out = session.empty(x.shape, { requiresGrad });
    session.backend.dropout(from.storage, out.storage, batch, time, features, rate, addressing);
    return out;
  };
  const out = masked(x, needsGrad([x]));
  if (out.requiresGrad) {
    session.record({ op: "dropout", inputs: [x], outputs: [out], backward: ([dy]) => [masked(dy!, false)] });
  }
  return out;
}

/** @throws {ShapeError} unless there is one length in `[0, time]` for each row */
export function checkLengths(op: string, lengths: Int32Array, batch: number, time: number): void {
  if (lengths.length !== batch) throw new ShapeError(op, `${batch} lengths`, `${lengths.length}`);
  const bad = lengths.findIndex((length) => !(Number.isInteger(length) && length >= 0 && length <= time));
  if (bad >= 0) throw new ShapeError(op, `lengths in [0, ${time}]`, `${lengths[bad]} in row ${bad}`);
}

/**
 * Pools over the real steps of each row: the largest, the mean or the last.
 *
 * @param x       `[batch, time, feature]`
 * @param lengths real steps of each row, `[batch]`; a row of length 0 gives zeros
 * @returns `[batch, feature]`
 */
export function poolOverTime(x: Tensor, kind: PoolKind, lengths: Int32Array): Tensor {
  checkFloat("poolOverTime", x);
  if (!Object.hasOwn(poolKinds, kind)) {
    const kinds = Object.keys(poolKinds).join(", ");
    throw new RangeError(`poolOverTime: expected a kind among ${kinds}, got ${String(kind)}`);
  }
  if (x.shape.length !== 3) throw new ShapeError("poolOverTime", "[batch, time, feature]", x.shape);
  const [batch, time, features] = x.shape as [number, number, number];
  checkLengths("poolOverTime", lengths, batch, time);
  const { session } = x;
  const chosen = session.empty([batch, features], { dtype: "int32" });
  const out = session.empty([batch, features], { requiresGrad: needsGrad([x]) });
  session.backend.pool(kind, x.storage, out.storage, chosen.storage, time, features, lengths);
  if (out.requiresGrad) {
    session.record({
      op: "poolOverTime",
      inputs: [x],
      outputs: [out],
      saved: [chosen],
      backward: ([dy]) => {
        const dx = session.empty(x.shape);
        session.backend.poolGradient(kind, dy!.storage, dx.storage, chosen.storage, time, features, lengths);
        return [dx];
      },
    });
  }
  return out;
}
