/**
 * An n-gram model with interpolated Kneser-Ney smoothing (Kneser & Ney 1995; Chen & Goodman 1998, sections 2.7 and 4.1.6): of each count a
 * discount is taken, and what it frees goes to the next shorter context, whose counts are numbers of different words before it.
 */
import { scalar } from "@cellstate/tensor";
import { z } from "zod";

/** What a model learned, as plain JSON: all n-grams of its order with their counts. */
export const ngramCounts = z.object({
  order: z.int().min(1),
  vocabSize: z.int().min(1),
  /** The words of each n-gram, then its count, one n-gram after the other. */
  ngrams: z.array(z.int().min(0)),
});
export type NgramCounts = z.infer<typeof ngramCounts>;

export interface KneserNeyOptions {
  /** Words of the longest n-grams, integer >= 1. */
  readonly order: number;
  readonly vocabSize: number;
  /** What stands before the first word. */
  readonly startId: number;
}

/** A context, told by its words from the last one back. */
interface Context {
  readonly depth: number;
  /** By the word before; undefined where there is none, as in the longest contexts. */
  longer: Map<number, Context> | undefined;
  /** How often each word follows: in the longest contexts as counted, else after how many different words. */
  readonly counts: Map<number, number>;
  total: number;
}

export class KneserNey {
  readonly #options: Omit<KneserNeyOptions, "startId">;
  readonly #root: Context = newContext(0);
  #discounts: readonly number[] | undefined;

  constructor(options: Omit<KneserNeyOptions, "startId">) {
    this.#options = options;
  }

  /** Counts the n-grams that end at each id from `first` on. */
  static fit(ids: ArrayLike<number>, { startId, ...options }: KneserNeyOptions): KneserNey {
    const model = new KneserNey(options);
    const history = new Array<number>(options.order - 1).fill(startId);
    for (let at = 0; at < ids.length; at++) {
      model.#count(history, ids[at]!, 1);
      remember(history, ids[at]!);
    }
    return model;
  }

  static load({ order, vocabSize, ngrams }: NgramCounts): KneserNey {
    const model = new KneserNey({ order, vocabSize });
    for (let at = 0; at < ngrams.length; at += order + 1) {
      const last = at + order - 1;
      model.#count(ngrams.slice(at, last), ngrams[last]!, ngrams[last + 1]!);
    }
    return model;
  }

  save(): NgramCounts {
    const ngrams: number[] = [];
    const walk = (context: Context, words: readonly number[]) => {
      if (context.depth < this.#options.order - 1) {
        for (const [word, longer] of context.longer ?? []) walk(longer, [word, ...words]);
      } else for (const [word, count] of context.counts) ngrams.push(...words, word, count);
    };
    walk(this.#root, []);
    return { order: this.#options.order, vocabSize: this.#options.vocabSize, ngrams };
  }

  /** Sum of minus the natural logarithms of the probabilities of `ids[first]` and all after it, each after the ids before it. */
  nats(ids: ArrayLike<number>, first: number): number {
    let sum = 0;
    for (let at = first; at < ids.length; at++) sum -= scalar.log(this.probability(ids, at));
    return sum;
  }

  /** The probability of `ids[at]` after those before it. */
  probability(ids: ArrayLike<number>, at: number): number {
    this.#discounts ??= this.#estimateDiscounts();
    const { order, vocabSize } = this.#options;
    let probability = 1 / vocabSize;
    let context: Context | undefined = this.#root;
    for (let depth = 0; depth < order && context !== undefined; depth++) {
      const { counts, total, longer }: Context = context;
      if (total > 0) {
        const discount = this.#discounts[depth]!;
        const own = Math.max(0, (counts.get(ids[at]!) ?? 0) - discount);
        probability = (own + discount * counts.size * probability) / total;
      }
      context = longer?.get(ids[at - 1 - depth]!);
    }
    return probability;
  }

  /** @param history  the `order - 1` words before, at least */
  #count(history: readonly number[], word: number, times: number): void {
    this.#discounts = undefined;
    const path = [this.#root];
    for (let depth = 1; depth < this.#options.order; depth++) {
      path.push(longerBy(path[depth - 1]!, history.at(-depth)!));
    }
    let isNew = true;
    for (let depth = path.length - 1; depth >= 0 && isNew; depth--) {
      const context = path[depth]!;
      const more = depth === path.length - 1 ? times : 1;
      const before = context.counts.get(word) ?? 0;
      context.counts.set(word, before + more);
      context.total += more;
      isNew = before === 0;
    }
  }

  /** `n1 / (n1 + 2 n2)` for each length, of the n-grams that count once and twice (Ney, Essen & Kneser 1994). */
  #estimateDiscounts(): readonly number[] {
    const { order } = this.#options;
    const [once, twice] = [new Array<number>(order).fill(0), new Array<number>(order).fill(0)];
    const walk = ({ depth, counts, longer }: Context) => {
      for (const count of counts.values()) {
        if (count === 1) once[depth]! += 1;
        if (count === 2) twice[depth]! += 1;
      }
      for (const one of longer?.values() ?? []) walk(one);
    };
    walk(this.#root);
    return once.map((n1, depth) => (n1 === 0 ? DEFAULT_DISCOUNT : n1 / (n1 + 2 * twice[depth]!)));
  }
}

/** Where no n-gram counts once, from which a discount could be learned. */
const DEFAULT_DISCOUNT = 0.5;

function newContext(depth: number): Context {
  return { depth, longer: undefined, counts: new Map(), total: 0 };
}

function longerBy(context: Context, word: number): Context {
  context.longer ??= new Map();
  const known = context.longer.get(word);
  if (known !== undefined) return known;
  const longer = newContext(context.depth + 1);
  context.longer.set(word, longer);
  return longer;
}

/** Forgets the first word and appends one. */
function remember(history: number[], word: number): void {
  history.push(word);
  history.shift();
}
