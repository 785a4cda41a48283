/** Zoneout: units that keep the state of the step before, at random in training (Krueger et al. 2017, arXiv:1606.01305). */
import { add, dropout, type LstmState, mul, type Session, type Tensor, where } from "@cellstate/tensor";
import { requireRate } from "../errors.ts";
import type { LayerDraws } from "./recurrent-kind.ts";

export interface ZoneoutRates {
  /** Share of the hidden state's features, in `[0, 1)`. Default 0. */
  readonly hidden?: number | undefined;
  /** Share of the cell state's features, in `[0, 1)`. Default 0. */
  readonly cell?: number | undefined;
}

const partsOfState = { hidden: "hiddenState", cell: "cellState" } as const;

/** A number for each tensor of a state: its rate, or its features. */
type OfBoth = Readonly<Record<keyof ZoneoutRates, number>>;

/**
 * Both rates of an option that may give one for both.
 *
 * @throws {OptionError} unless they lie in `[0, 1)`
 */
export function zoneoutRates(owner: string, given: number | ZoneoutRates = 0): OfBoth {
  const { hidden = 0, cell = 0 } = typeof given === "number" ? { hidden: given, cell: given } : given;
  const suffix = typeof given === "number" ? ["", ""] : [".hidden", ".cell"];
  requireRate(owner, `zoneoutRate${suffix[0]}`, hidden);
  requireRate(owner, `zoneoutRate${suffix[1]}`, cell);
  return { hidden, cell };
}

/** How states of one layer and direction mix with those before them in one forward pass. */
export interface Zoneout {
  /** `[batch, time, size]` each: not 0 where a step takes its new value, for `walkLayer` to read beside the input. */
  readonly masks: readonly Tensor[];
  /** @param masks  the step's part of `masks` */
  mix(previous: LstmState, next: LstmState, masks: readonly Tensor[]): LstmState;
}

/**
 * In training each feature keeps its old value with the probability of its rate, addressed by step, example, time and feature; in
 * evaluation it becomes what is expected of it, `rate * old + (1 - rate) * new`.
 */
export function makeZoneout(
  session: Session,
  rates: OfBoth,
  sizes: OfBoth,
  shape: readonly [batchSize: number, seqLen: number],
  draws: LayerDraws,
): Zoneout {
  const parts = (["hidden", "cell"] as const).filter((part) => rates[part] > 0);
  const { step, timeOffset, stream } = draws;
  if (!step.training) return { masks: [], mix: averaging(parts, rates) };
  const masks = parts.map((part) => {
    const address = { stream: stream.fork(`zoneout_${part}`), step: step.step, examples: step.examples, timeOffset };
    return dropout(session.full([...shape, sizes[part]], 1), rates[part], address);
  });
  return { masks, mix: choosing(parts) };
}

function choosing(parts: readonly (keyof ZoneoutRates)[]): Zoneout["mix"] {
  return (previous, next, masks) => {
    const chosen = parts.map((part, index) => {
      const name = partsOfState[part];
      return [name, where(masks[index]!, next[name], previous[name])] as const;
    });
    return { ...next, ...Object.fromEntries(chosen) };
  };
}

function averaging(parts: readonly (keyof ZoneoutRates)[], rates: OfBoth): Zoneout["mix"] {
  return (previous, next) => {
    const mixed = parts.map((part) => {
      const name = partsOfState[part];
      return [name, add(mul(previous[name], rates[part]), mul(next[name], 1 - rates[part]))] as const;
    });
    return { ...next, ...Object.fromEntries(mixed) };
  };
}
