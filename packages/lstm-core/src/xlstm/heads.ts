/** Heads of an xLSTM: equal blocks of the units of a layer. */
import { OptionError } from "@cellstate/tensor";

/** As many as the paper has. */
const USUAL_HEADS = 4;

/** @throws {OptionError} unless `heads` divides `hiddenSize`; without `heads`, 4 or the largest of 3, 2, 1 that divides it */
export function headsOf(owner: string, hiddenSize: number, heads?: number): number {
  if (heads === undefined) {
    let most = USUAL_HEADS;
    while (hiddenSize % most !== 0) most--;
    return most;
  }
  if (!Number.isSafeInteger(heads) || heads < 1 || hiddenSize % heads !== 0) {
    throw new OptionError(owner, "heads", `an integer >= 1 that divides hiddenSize ${hiddenSize}`, heads);
  }
  return heads;
}
