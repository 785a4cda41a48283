/** Options that several schedules have. */
import { type FlagOption, flag, type NumberOption, number } from "../options.ts";

export const finalFactor = number({
  min: 0,
  max: 1,
  default: 0,
  description: "share of the learning rate that is left at the end",
});

export function fallFactor(byDefault: number): NumberOption {
  return number({ above: 0, max: 1, default: byDefault, description: "factor of the learning rate at each fall" });
}

export function staircase(byDefault: boolean): FlagOption {
  return flag({ default: byDefault, description: "falls at the start of each epoch instead of at each step" });
}
