/** What `fit` tells its caller, and the callbacks that Keras has. */
import { OptionError, type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { camelCase } from "../names.ts";
import type { WeightValues } from "../weights/weight.ts";
import type { Logs } from "./trainer.ts";

/** What a callback may read and change. */
export interface TrainingControl {
  /** Of the next step. */
  learningRate: number;
  /** Set it, and training ends after this batch or epoch. */
  stopTraining: boolean;
  getWeights(): WeightValues[];
  setWeights(values: readonly WeightValues[]): void;
  /** The model as files by name. */
  save(): Promise<Map<string, Uint8Array>>;
}

/** All optional, all may be asynchronous; epochs and batches count from 0, as in Keras. */
export interface Callback {
  onTrainBegin?(model: TrainingControl): void | Promise<void>;
  onEpochBegin?(epoch: number, model: TrainingControl): void | Promise<void>;
  onTrainBatchBegin?(batch: number, model: TrainingControl): void | Promise<void>;
  /** `logs` holds the means of the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs, model: TrainingControl): void | Promise<void>;
  /** `logs` holds the epoch's numbers, those of validation with `val_` before them. */
  onEpochEnd?(epoch: number, logs: Logs, model: TrainingControl): void | Promise<void>;
  onTrainEnd?(logs: Logs, model: TrainingControl): void | Promise<void>;
}

const callbackNames: OptionNames<Callback> = {
  onTrainBegin: true,
  onEpochBegin: true,
  onTrainBatchBegin: true,
  onTrainBatchEnd: true,
  onEpochEnd: true,
  onTrainEnd: true,
};

/** @throws {OptionError} unless these are callbacks in a list; a callback of a class may have other members, one of plain functions not */
export function requireCallbacks(owner: string, callbacks: readonly Callback[]): void {
  if (!Array.isArray(callbacks)) throw new OptionError(owner, "callbacks", "a list", typeof callbacks);
  for (const callback of callbacks) {
    if (typeof callback !== "object" || callback === null)
      throw new OptionError(owner, "callbacks", "objects with functions such as onEpochEnd", String(callback));
    if (Object.getPrototypeOf(callback) === Object.prototype)
      requireKnownOptions("a callback", callback, callbackNames);
  }
}

/** @throws {OptionError} unless the options are known and their numbers in range */
function requireOptions(owner: string, options: object, names: Readonly<Record<string, true>>): void {
  requireKnownOptions(owner, options, names);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (counts.has(name) && !(Number.isSafeInteger(value) && value >= 0))
      throw new OptionError(owner, name, "an integer >= 0", value);
    if (sizes.has(name) && !(Number.isFinite(value) && value >= 0))
      throw new OptionError(owner, name, "a finite number >= 0", value);
  }
}

const counts: ReadonlySet<string> = new Set(["patience", "startFromEpoch", "cooldown"]);
const sizes: ReadonlySet<string> = new Set(["minDelta", "minLR"]);

function requireFunction(owner: string, option: string, value: unknown): void {
  if (typeof value !== "function") throw new OptionError(owner, option, "a function", value);
}

/** What a callback watches. */
interface Watched {
  /** A number of the logs, such as `val_loss` (the default) or `valLoss`. */
  readonly monitor?: string | undefined;
  /** Whether less is better (`min`), or more; `auto` (the default) knows by the name. */
  readonly mode?: "auto" | "min" | "max" | undefined;
  /** By how much a number must be better to count. Default 0. */
  readonly minDelta?: number | undefined;
}

const watchedNames: OptionNames<Watched> = { monitor: true, mode: true, minDelta: true };

/** A callback that has nothing to do after an epoch without validation, since it watches a number of validation. */
const watchesValidation: unique symbol = Symbol("watches validation");

/** Whether the callback waits for the next validation. */
export function waitsForValidation(callback: Callback): boolean {
  return watchesValidation in callback;
}

function watching({ monitor = "val_loss" }: Watched, callback: Callback): Callback {
  return camelCase(monitor).startsWith("val") ? Object.assign(callback, { [watchesValidation]: true }) : callback;
}

/** Watches one number for the best so far. */
class Best {
  readonly #owner: string;
  readonly #monitor: string;
  readonly #sign: 1 | -1;
  readonly #minDelta: number;
  value = Number.POSITIVE_INFINITY;

  constructor(owner: string, { monitor = "val_loss", mode = "auto", minDelta = 0 }: Watched) {
    if (!["auto", "min", "max"].includes(mode)) throw new OptionError(owner, "mode", "auto, min or max", mode);
    this.#owner = owner;
    this.#monitor = monitor;
    const isMore = mode === "max" || (mode === "auto" && /acc|auc|precision|recall|f1/i.test(monitor));
    this.#sign = isMore ? -1 : 1;
    this.#minDelta = Math.abs(minDelta);
  }

  /** Whether the number is the best so far. @throws {OptionError} if there is no such number */
  improves(logs: Logs): boolean {
    const wanted = camelCase(this.#monitor);
    const key = Object.keys(logs).find((name) => camelCase(name) === wanted);
    if (key === undefined) {
      throw new OptionError(this.#owner, "monitor", `one of ${Object.keys(logs).join(", ")}`, this.#monitor);
    }
    const value = this.#sign * logs[key]!;
    if (!(value < this.value - this.#minDelta)) return false;
    this.value = value;
    return true;
  }
}

export interface EarlyStoppingOptions extends Watched {
  /** Epochs without a better number after which training ends. Default 0. */
  readonly patience?: number | undefined;
  /** Whether the weights of the best epoch are put back. Default false. */
  readonly restoreBestWeights?: boolean | undefined;
  /** Epochs before it begins to watch. Default 0. */
  readonly startFromEpoch?: number | undefined;
}

const earlyStoppingNames: OptionNames<EarlyStoppingOptions> = {
  ...watchedNames,
  patience: true,
  restoreBestWeights: true,
  startFromEpoch: true,
};

/** Ends training when a number stops getting better. */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  requireOptions("earlyStopping", options, earlyStoppingNames);
  const { patience = 0, restoreBestWeights = false, startFromEpoch = 0 } = options;
  const best = new Best("earlyStopping", options);
  let wait = 0;
  let weights: WeightValues[] | undefined;
  return watching(options, {
    onEpochEnd(epoch, logs, model) {
      if (epoch < startFromEpoch) return;
      if (best.improves(logs)) {
        wait = 0;
        if (restoreBestWeights) weights = model.getWeights();
        return;
      }
      wait += 1;
      if (wait >= patience && epoch > 0) model.stopTraining = true;
    },
    onTrainEnd(_logs, model) {
      if (weights !== undefined) model.setWeights(weights);
    },
  });
}

export interface ReduceLROnPlateauOptions extends Watched {
  /** What the learning rate is multiplied by, in (0, 1). Default 0.1. */
  readonly factor?: number | undefined;
  /** Epochs without a better number before it. Default 10. */
  readonly patience?: number | undefined;
  /** Epochs after it before it watches again. Default 0. */
  readonly cooldown?: number | undefined;
  /** It does not fall below. Default 0. */
  readonly minLR?: number | undefined;
}

const reduceLROnPlateauNames: OptionNames<ReduceLROnPlateauOptions> = {
  ...watchedNames,
  factor: true,
  patience: true,
  cooldown: true,
  minLR: true,
};

/** Lowers the learning rate when a number stops getting better. */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  requireOptions("reduceLROnPlateau", options, reduceLROnPlateauNames);
  const { factor = 0.1, patience = 10, cooldown = 0, minLR = 0 } = options;
  if (!(factor > 0 && factor < 1)) throw new OptionError("reduceLROnPlateau", "factor", "a number in (0, 1)", factor);
  const best = new Best("reduceLROnPlateau", { minDelta: 1e-4, ...options });
  let wait = 0;
  let cooling = 0;
  return watching(options, {
    onEpochEnd(_epoch, logs, model) {
      if (cooling > 0) {
        cooling -= 1;
        wait = 0;
      }
      if (best.improves(logs)) wait = 0;
      else if (cooling === 0) {
        wait += 1;
        if (wait < patience) return;
        model.learningRate = Math.max(model.learningRate * factor, minLR);
        cooling = cooldown;
        wait = 0;
      }
    },
  });
}

/** Sets the learning rate of each epoch from its number and the rate before. */
export function learningRateScheduler(schedule: (epoch: number, learningRate: number) => number): Callback {
  requireFunction("learningRateScheduler", "schedule", schedule);
  return {
    onEpochBegin(epoch, model) {
      model.learningRate = schedule(epoch, model.learningRate);
    },
  };
}

/** Ends training quietly when a loss is no finite number, before its step is taken. Without it, `fit` throws a `NonFiniteError`. */
export function terminateOnNaN(): Callback {
  return { [endsOnNaN]: true } as Callback;
}

const endsOnNaN: unique symbol = Symbol("ends on NaN");

/** Whether a NaN ends training without an error. */
export function toleratesNaN(callbacks: readonly Callback[]): boolean {
  return callbacks.some((callback) => endsOnNaN in callback);
}

export interface ModelCheckpointOptions extends Watched {
  /** Whether only better models are kept. Default false: each epoch's is. */
  readonly saveBestOnly?: boolean | undefined;
  /** Where a model goes: files by name, such as to a folder, to a page's storage, or over the network. */
  readonly save: (files: Map<string, Uint8Array>, epoch: number, logs: Logs) => void | Promise<void>;
}

const modelCheckpointNames: OptionNames<ModelCheckpointOptions> = { ...watchedNames, saveBestOnly: true, save: true };

/** Hands on the model after each epoch, or after those that are better. */
export function modelCheckpoint(options: ModelCheckpointOptions): Callback {
  requireOptions("modelCheckpoint", options, modelCheckpointNames);
  const { saveBestOnly = false, save } = options;
  requireFunction("modelCheckpoint", "save", save);
  const best = new Best("modelCheckpoint", options);
  const callback: Callback = {
    async onEpochEnd(epoch, logs, model) {
      if (!saveBestOnly || best.improves(logs)) await save(await model.save(), epoch, logs);
    },
  };
  return saveBestOnly ? watching(options, callback) : callback;
}

/** A table of all epochs: `write` gets its header, then one line for each epoch. */
export function csvLogger(write: (line: string) => void | Promise<void>, separator = ","): Callback {
  requireFunction("csvLogger", "write", write);
  let names: string[] | undefined;
  return {
    async onEpochEnd(epoch, logs) {
      if (names === undefined) {
        names = Object.keys(logs).sort();
        await write(["epoch", ...names].join(separator));
      }
      await write([epoch, ...names.map((name) => logs[name] ?? "")].join(separator));
    },
  };
}
