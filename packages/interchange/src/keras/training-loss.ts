/** The loss that a model was trained with, which says what its outputs mean. */

/** A loss of Keras. */
export interface KerasLoss {
  /** Keras's name of the function, such as `binary_crossentropy`, whatever form the file gives it in. */
  readonly name: string;
  /** Whether outputs are scores before a sigmoid or softmax. */
  readonly fromLogits: boolean;
}

/**
 * @param compiled  what a file says of the compilation: an object with `loss`
 * @returns undefined where there is none, an own one, or one for each of several outputs
 */
export function trainingLoss(compiled: unknown): KerasLoss | undefined {
  return isObject(compiled) ? lossOf(compiled.loss) : undefined;
}

function lossOf(loss: unknown): KerasLoss | undefined {
  if (typeof loss === "string") return { name: functionName(loss), fromLogits: false };
  if (!isObject(loss)) return undefined;
  if (typeof loss.class_name === "string") return lossOfClass(loss.class_name, loss.config);
  const [only, ...others] = Object.values(loss); // a list, or an object by the names of outputs
  return others.length === 0 ? lossOf(only) : undefined;
}

/** `config` is an object of options, or a name where the loss is a function. */
function lossOfClass(className: string, config: unknown): KerasLoss {
  if (typeof config === "string") return { name: functionName(config), fromLogits: false };
  const { from_logits: fromLogits } = isObject(config) ? config : {};
  return { name: functionName(className), fromLogits: fromLogits === true };
}

/** Short names that Keras takes as well. */
const ALIASES: Readonly<Record<string, string>> = {
  mse: "mean_squared_error",
  mae: "mean_absolute_error",
  mape: "mean_absolute_percentage_error",
  msle: "mean_squared_logarithmic_error",
};

/** `BinaryCrossentropy` and `keras.losses.binary_crossentropy` are one function; so are `mse` and `mean_squared_error`. */
function functionName(name: string): string {
  const last = name.slice(name.lastIndexOf(".") + 1);
  const snake = last.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  return ALIASES[snake] ?? snake;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
