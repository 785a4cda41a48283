/** Pooling over time and dropout of the reference backend: both see real positions only. */
import type { DropoutAddressing, PoolKind } from "../../backend.ts";
import { philox } from "../../random.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Floats } from "./sums.ts";

export function pool(
  math: Arithmetic,
  kind: PoolKind,
  x: Floats,
  out: Floats,
  chosen: Int32Array,
  time: number,
  features: number,
  lengths: Int32Array,
): void {
  const r = math.round;
  chosen.fill(-1);
  for (let row = 0; row < lengths.length; row++) {
    const length = lengths[row]!;
    for (let feature = 0; feature < features; feature++) {
      const at = (t: number) => x[(row * time + t) * features + feature]!;
      const to = row * features + feature;
      out[to] = 0;
      if (length === 0) continue;
      switch (kind) {
        case "max": {
          let best = 0;
          for (let t = 1; t < length; t++) if (at(t) > at(best)) best = t;
          out[to] = at(best);
          chosen[to] = best;
          break;
        }
        case "mean": {
          let sum = 0;
          for (let t = 0; t < length; t++) sum = r(sum + at(t));
          out[to] = r(sum / length);
          break;
        }
        case "last":
          out[to] = at(length - 1);
          break;
        default:
          kind satisfies never;
      }
    }
  }
}

export function poolGradient(
  math: Arithmetic,
  kind: PoolKind,
  dy: Floats,
  dx: Floats,
  chosen: Int32Array,
  time: number,
  features: number,
  lengths: Int32Array,
): void {
  dx.fill(0);
  for (let row = 0; row < lengths.length; row++) {
    const length = lengths[row]!;
    for (let feature = 0; length > 0 && feature < features; feature++) {
      const from = row * features + feature;
      const to = (t: number) => (row * time + t) * features + feature;
      switch (kind) {
        case "max":
          dx[to(chosen[from]!)] = dy[from]!;
          break;
        case "mean":
          for (let t = 0; t < length; t++) dx[to(t)] = math.round(dy[from]! / length);
          break;
        case "last":
          dx[to(length - 1)] = dy[from]!;
          break;
        default:
          kind satisfies never;
      }
    }
  }
}

/** Inverted dropout (Srivastava et al. 2014): keeps an element when its 32 random bits reach `rate * 2^32`. */
export function dropout(
  math: Arithmetic,
  x: Floats,
  out: Floats,
  batch: number,
  time: number,
  features: number,
  rate: number,
  address: DropoutAddressing,
): void {
  const scale = math.round(1 / (1 - rate));
  const threshold = Math.floor(rate * 4294967296);
  const block = new Uint32Array(4);
  for (let row = 0; row < batch; row++) {
    for (let t = 0; t < time; t++) {
      for (let feature = 0; feature < features; feature++) {
        if (feature % 4 === 0) {
          philox(feature / 4, address.timeOffset + t, address.examples[row]!, address.step, address.key, block);
        }
        const at = (row * time + t) * features + feature;
        out[at] = block[feature % 4]! >= threshold ? math.round(x[at]! * scale) : 0;
      }
    }
  }
}
