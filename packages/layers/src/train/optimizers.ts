/** Optimizers by Keras's names and with its defaults, on those of `@cellstate/training`. */
import { OptionError } from "@cellstate/tensor";
import { type Clipping, type OptimizerOptions, optimizers } from "@cellstate/training";
import { findByName } from "../names.ts";
import { type LearningRateSchedule, type RateOfStep, ratesOf } from "./schedules.ts";

type OptimizerKind = OptimizerOptions["kind"];

/** An optimizer by name, or with options of its kind in `@cellstate/training`. */
export type OptimizerOption = OptimizerKind | (string & {}) | (Scheduled<OptimizerOptions> & ClipOptions);

/** The learning rate may be a schedule. */
type Scheduled<Options> = Options extends OptimizerOptions
  ? Omit<Options, "learningRate"> & { readonly learningRate?: number | LearningRateSchedule | undefined }
  : never;

/** Limits of gradients. */
interface ClipOptions {
  /** Largest norm of each gradient by itself. Default: any. */
  readonly clipNorm?: number | undefined;
  /** Largest magnitude of an element of a gradient. Default: any. */
  readonly clipValue?: number | undefined;
  /** Largest norm of all gradients together; larger ones shrink (Pascanu et al. 2013). Default: any. */
  readonly globalClipNorm?: number | undefined;
}

/** Where Keras's defaults differ from those of `@cellstate/training`, which are PyTorch's. */
const kerasDefaults: { readonly [Kind in OptimizerKind]?: object } = {
  adam: { epsilon: 1e-7, kerasEpsilon: true, decoupledWeightDecay: true },
  adamw: { epsilon: 1e-7, kerasEpsilon: true, weightDecay: 0.004, learningRate: 1e-3 },
  sgd: { learningRate: 0.01, kerasMomentum: true, decoupledWeightDecay: true },
  rmsprop: {
    learningRate: 1e-3,
    alpha: 0.9,
    epsilon: 1e-7,
    kerasEpsilon: true,
    kerasMomentum: true,
    decoupledWeightDecay: true,
  },
  adagrad: {
    learningRate: 1e-3,
    initialAccumulatorValue: 0.1,
    epsilon: 1e-7,
    kerasEpsilon: true,
    decoupledWeightDecay: true,
  },
  adadelta: { learningRate: 1e-3, rho: 0.95, epsilon: 1e-7, decoupledWeightDecay: true },
  adamax: { learningRate: 1e-3, epsilon: 1e-7, kerasEpsilon: true, decoupledWeightDecay: true },
  nadam: { learningRate: 1e-3, epsilon: 1e-7, momentumDecay: 1, decoupledWeightDecay: true },
  lion: { learningRate: 1e-3 },
  lamb: { learningRate: 1e-3, epsilon: 1e-7, weightDecay: 0 },
};

const kinds: Readonly<Record<string, OptimizerKind>> = Object.fromEntries(optimizers.map(({ kind }) => [kind, kind]));

/** Options that are complete but for the defaults that both share. */
export interface ChosenOptimizer {
  readonly options: OptimizerOptions;
  readonly clipping: Clipping;
  /** Of a schedule; undefined where the learning rate is a number. */
  readonly rateOf: RateOfStep | undefined;
}

/** @throws {OptionError} if there is no such optimizer, naming the nearest, or a limit is not above 0 */
export function completeOptimizer(option: OptimizerOption): ChosenOptimizer {
  if (typeof option !== "string" && typeof (option as { kind?: unknown } | null)?.kind !== "string")
    throw new OptionError(
      "compile",
      "optimizer",
      'a name, or options such as { kind: "adam", learningRate: 1e-3 }',
      option,
    );
  const { kind, globalClipNorm, clipNorm, clipValue, learningRate, ...others } =
    typeof option === "string" ? { kind: option } : (option as Scheduled<OptimizerOptions> & ClipOptions);
  const isScheduled = typeof learningRate === "function" || (typeof learningRate === "object" && learningRate !== null);
  const hasRate = typeof option === "object" && "learningRate" in option && !isScheduled;
  const given = { ...others, ...(hasRate && { learningRate }) };
  const found = findByName("compile", "optimizer", kinds, kind.toLowerCase());
  const limits = Object.entries({ clipNorm, clipValue, globalClipNorm }).filter(([, limit]) => limit !== undefined);
  for (const [name, limit] of limits) {
    if (!(limit! > 0)) throw new OptionError(found, name, "a number > 0", limit);
  }
  if (limits.length > 1) {
    throw new OptionError(
      found,
      "clipping",
      "one of clipNorm, clipValue and globalClipNorm",
      limits.map(([name]) => name).join(" and "),
    );
  }
  const missing = Object.entries(given).find(
    ([, value]) => value === undefined || (typeof value === "number" && Number.isNaN(value)),
  );
  if (missing !== undefined) throw new OptionError(found, missing[0], "a value", missing[1]);
  return {
    rateOf: isScheduled ? ratesOf(learningRate) : undefined,
    options: { ...kerasDefaults[found], ...given, kind: found } as OptimizerOptions,
    clipping: {
      clipNorm: globalClipNorm ?? null,
      ...(clipNorm !== undefined && { clip: { kind: "norm", limit: clipNorm } }),
      ...(clipValue !== undefined && { clip: { kind: "value", limit: clipValue } }),
    },
  };
}
