/** Draws sums and differences, each paired with its result, for the dataset `arithmetic`. */
import { DataConfigError } from "../../errors.ts";
import { DrawStream } from "../../random.ts";
import type { ArithmeticOptions } from "./options.ts";

/** A sum or difference such as `47-112`, and its result, `-65`. */
export type ArithmeticPair = Readonly<Record<"source" | "target", string>>;

type TrainedSplit = "train" | "dev" | "test";
/** Those of the lengths that are trained, and one with longer numbers. */
export type ArithmeticSplit = TrainedSplit | "longer";

const SPLITS = ["train", "dev", "test", "longer"] as const satisfies readonly ArithmeticSplit[];
/** Of ten sets of two numbers, one is dev's and one is test's, whatever else is drawn. */
const SHARES = 10;
/** Draws in a row that may hit what is taken or another split's, before the sizes are called too large. */
const MAX_MISSES = 5000;

/**
 * Splits of sums and differences. Operations and the lengths of both numbers are drawn evenly, digits then evenly too, without leading
 * zeros. Two numbers belong to one split, in either order and with either operation, so that no answer of dev or test can be taken from
 * train by exchanging them. In `longer` at least one of them has more digits than any of train.
 *
 * @param sizes  pairs in each split
 * @param seed   equal seeds give equal pairs on every engine
 * @throws {DataConfigError} if the sizes ask for more different pairs than there are of such numbers
 */
export function generateArithmetic(
  options: ArithmeticOptions,
  sizes: Readonly<Record<ArithmeticSplit, number>>,
  seed: number,
): Record<ArithmeticSplit, ArithmeticPair[]> {
  const splits = { train: [], dev: [], test: [], longer: [] } as Record<ArithmeticSplit, ArithmeticPair[]>;
  for (const split of SPLITS) {
    const random = new DrawStream(seed, `arithmetic/${split}`);
    const taken = new Set<string>();
    for (let misses = 0; splits[split].length < sizes[split]; ) {
      const drawn = drawExpression(options, split, random);
      const isMiss = taken.has(drawn.pair.source) || (split !== "longer" && splitOf(drawn, seed) !== split);
      if (isMiss) {
        misses += 1;
        if (misses > MAX_MISSES) throw tooMany(split, sizes[split]);
        continue;
      }
      misses = 0;
      taken.add(drawn.pair.source);
      splits[split].push(drawn.pair);
    }
  }
  return splits;
}

interface Expression {
  readonly left: number;
  readonly right: number;
  readonly pair: ArithmeticPair;
}

function drawExpression(
  { operations, digits, longerDigits }: ArithmeticOptions,
  split: ArithmeticSplit,
  random: DrawStream,
): Expression {
  const most = split === "longer" ? longerDigits : digits;
  const lengths = [1 + random.below(most), 1 + random.below(most)];
  if (split === "longer" && Math.max(...lengths) <= digits) {
    lengths[random.below(2)] = digits + 1 + random.below(longerDigits - digits);
  }
  const [left, right] = lengths.map((length) => drawNumber(length, random)) as [number, number];
  const adds = random.pick(operations) === "add";
  const pair = { source: `${left}${adds ? "+" : "-"}${right}`, target: String(adds ? left + right : left - right) };
  return { left, right, pair };
}

/** A whole number of so many digits; of one digit, 0 too. */
function drawNumber(length: number, random: DrawStream): number {
  let text = length === 1 ? String(random.below(10)) : String(1 + random.below(9));
  while (text.length < length) text += String(random.below(10));
  return Number(text);
}

/** Which split two numbers belong to: drawn by them alone, so that it depends on no size. */
function splitOf({ left, right }: Expression, seed: number): TrainedSplit {
  const numbers = `${Math.min(left, right)},${Math.max(left, right)}`;
  const share = new DrawStream(seed, `arithmetic/numbers/${numbers}`).below(SHARES);
  return share === 0 ? "test" : share === 1 ? "dev" : "train";
}

function tooMany(split: string, size: number): DataConfigError {
  return new DataConfigError(
    `generator.sizes.${split}`,
    `${size} different expressions cannot be drawn of such short numbers; lower the sizes or raise digits and longerDigits`,
  );
}
