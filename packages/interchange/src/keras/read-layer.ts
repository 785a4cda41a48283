/** A layer of a config, of any Keras, with options by our names. */
import { layerClassNames } from "@cellstate/layers";
import { UnsupportedModelError } from "../errors.ts";
import { activationName } from "./activations.ts";
import { Fields } from "./fields.ts";
import { optionName, RENAMED_CLASSES } from "./keras-1.ts";
import { changesNoPrediction, IDENTITIES, LAYER_TABLES } from "./layer-tables.ts";
import type { LayerCall, LayerDescription, NetworkDescription } from "./network.ts";
import type { Writer } from "./writer.ts";

/** Models as configs call them. */
const NETWORKS: readonly string[] = ["Sequential", "Functional", "Model"];

export function isNetwork(className: string): boolean {
  return NETWORKS.includes(className);
}

/** What a reader of layers needs beside the layer. */
export interface ReadContext {
  readonly writer: Writer;
  /** Reads a model that stands where a layer might. */
  readNetwork(entry: Fields): NetworkDescription;
}

/**
 * @param entry  `{ "class_name": ..., "config": ... }`
 * @throws {UnsupportedModelError} naming the layer, and its option where that is what cannot be taken over
 */
export function readLayer(entry: Fields, calls: readonly LayerCall[], context: ReadContext): LayerDescription {
  const writtenClass = entry.text("class_name").split(">").at(-1)!;
  const config = entry.fields("config");
  const name = config.textOr("name", entry.textOr("name", writtenClass.toLowerCase()));
  const title = `layer ${name} (${entry.text("class_name")})`;
  if (isNetwork(writtenClass)) {
    const network = context.readNetwork(entry);
    return { ...describe(writtenClass, writtenClass, name, calls), network };
  }
  if (writtenClass === "RNN") return readRnn(entry, config, calls, context);
  const className = IDENTITIES.includes(writtenClass) ? "Dropout" : (renamed(writtenClass) ?? writtenClass);
  requireKnown(className, title, entry);
  if (writtenClass === NORMALIZATION) {
    return { ...readNormalization(config, title, context.writer), name, calls };
  }
  if (writtenClass === "TimeDistributedDense") {
    const inner = readLayer(
      new Fields({ class_name: "Dense", config: valuesOf(config) }, entry.path, entry.file),
      [],
      context,
    );
    return { ...describe(className, writtenClass, name, calls), inner, inputShape: inputShapeOf("LSTM", config) };
  }
  const inner = config.has("layer") ? readLayer(config.fields("layer"), [], context) : undefined;
  if (inner?.network !== undefined && className !== "TimeDistributed") {
    throw new UnsupportedModelError(
      entry.file,
      `${title} wraps the model ${inner.name}, which only TimeDistributed can`,
    );
  }
  return {
    ...describe(className, writtenClass, name, calls),
    options: IDENTITIES.includes(writtenClass)
      ? { rate: 0 }
      : readOptions(className, writtenClass, config, title, context.writer),
    inner,
    backward: config.has("backward_layer") ? otherDirection(inner!, config, context) : undefined,
    inputShape: inputShapeOf(className, config) ?? inner?.inputShape,
  };
}

const NORMALIZATION = "Normalization";
/** So small that no variance changes by it. */
const NO_EPSILON = 1e-14;

/** Means and variances that training data had: a batch normalization that neither scales nor shifts. */
function readNormalization(config: Fields, title: string, writer: Writer): LayerDescription {
  readOptions(NORMALIZATION, NORMALIZATION, config, title, writer);
  const axis = [config.get("axis")].flat();
  if (axis.length !== 1 || axis[0] !== -1) throw refused(title, "axis", config.get("axis"), config.file);
  const options = { center: false, scale: false, epsilon: NO_EPSILON };
  const inputShape = inputShapeOf(NORMALIZATION, config);
  return { ...describe("BatchNormalization", NORMALIZATION, "", []), options, inputShape };
}

function describe(
  className: string,
  writtenClass: string,
  name: string,
  calls: readonly LayerCall[],
): LayerDescription {
  return {
    className,
    writtenClass,
    name,
    options: {},
    inputShape: undefined,
    inner: undefined,
    backward: undefined,
    network: undefined,
    calls,
  };
}

function renamed(className: string): string | undefined {
  return Object.hasOwn(RENAMED_CLASSES, className) ? RENAMED_CLASSES[className] : undefined;
}

function valuesOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(fields.keys.map((key) => [key, fields.get(key)]));
}

function requireKnown(className: string, title: string, entry: Fields): void {
  const known = Object.keys(LAYER_TABLES).filter((name) => layerClassNames.includes(name) || name === NORMALIZATION);
  if (known.includes(className)) return;
  const fault =
    className === "Lambda"
      ? "is Python code, and no code of a file is run; put a layer in its place, or what it computes before or behind the model"
      : `is not taken over; layers that are: ${known.join(", ")}`;
  throw new UnsupportedModelError(entry.file, `${title} ${fault}`);
}

/** `RNN` over one cell is the layer of that cell. */
function readRnn(entry: Fields, config: Fields, calls: readonly LayerCall[], context: ReadContext): LayerDescription {
  const cell = config.fields("cell");
  const cellClass = cell.text("class_name").split(">").at(-1)!;
  const layerClass = /^(LSTM|GRU|SimpleRNN)Cell(V2)?$/.exec(cellClass)?.[1];
  if (layerClass === undefined) {
    throw new UnsupportedModelError(
      entry.file,
      `layer ${config.textOr("name", "rnn")} (RNN) has cells of ${cellClass}, which are not taken over`,
    );
  }
  const own = valuesOf(config);
  delete own.cell;
  const merged = { ...valuesOf(cell.fields("config")), ...own };
  return readLayer(new Fields({ class_name: layerClass, config: merged }, entry.path, entry.file), calls, context);
}

/** The layer of the other direction, if it is not like the first. */
function otherDirection(inner: LayerDescription, config: Fields, context: ReadContext): LayerDescription | undefined {
  const other = readLayer(config.fields("backward_layer"), [], context);
  const comparable = ({ className, options }: LayerDescription) => {
    const { goBackwards: _, ...rest } = options;
    return JSON.stringify([className, Object.entries(rest).sort()]);
  };
  return comparable(inner) === comparable(other) && other.options.goBackwards === true ? undefined : other;
}

function readOptions(
  className: string,
  writtenClass: string,
  config: Fields,
  title: string,
  writer: Writer,
): Record<string, unknown> {
  const { takes, only = {} } = LAYER_TABLES[className]!;
  const options: Record<string, unknown> = {};
  for (const written of config.keys) {
    const option = optionName(className, written);
    const value = config.get(written);
    if (takes.includes(option)) {
      if (value !== null || option === "merge_mode")
        options[camelCase(option)] = readOption(option, value, title, writer, config.file);
    } else if (Object.hasOwn(only, option)) {
      if (JSON.stringify(value) !== JSON.stringify(only[option]) && value !== null)
        throw refused(title, written, value, config.file);
    } else if (!changesNoPrediction(option) && value !== null && value !== false) {
      throw refused(title, written, value, config.file);
    }
  }
  return { ...options, ...defaultsOf(className, writtenClass, config, writer) };
}

function refused(title: string, option: string, value: unknown, file: string): UnsupportedModelError {
  return new UnsupportedModelError(
    file,
    `${title}: ${option} ${JSON.stringify(value)?.slice(0, 80)} is not taken over`,
  );
}

function readOption(option: string, value: unknown, title: string, writer: Writer, file: string): unknown {
  if (option === "activation" || option === "recurrent_activation") {
    return activationName(value, `${title}: ${option}`, writer, file);
  }
  if (typeof value === "object" && !Array.isArray(value) && value !== null) throw refused(title, option, value, file);
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** What older files do not say, and what layers for graphics cards have no word for. */
function defaultsOf(className: string, writtenClass: string, config: Fields, writer: Writer): Record<string, unknown> {
  const isCudnn = writtenClass.startsWith("CuDNN");
  if (className === "GRU") {
    if (isCudnn) return { resetAfter: true };
    if (!config.has("reset_after")) return { resetAfter: false };
  }
  const isSilent = !config.has("recurrent_activation") && !config.has("inner_activation");
  if ((className === "LSTM" || className === "GRU") && isSilent && !isCudnn && writer.major < 3) {
    if (!writer.version.endsWith("tf")) return { recurrentActivation: "hardSigmoidLegacy" };
  }
  return {};
}

/** `batch_input_shape`, `batch_shape` or `shape`, or what Keras 1 says of one axis; without the axis of the batch. */
function inputShapeOf(className: string, config: Fields): (number | null)[] | undefined {
  for (const key of ["batch_input_shape", "batch_shape"]) {
    if (config.has(key)) return extentsOf(config, key).slice(1);
  }
  if (className === "InputLayer" && config.has("shape")) return extentsOf(config, "shape");
  const length = config.has("input_length") ? Number(config.get("input_length")) : null;
  if (className === "Embedding") return [length];
  const features = config.get("input_dim");
  if (typeof features !== "number") return undefined;
  return className === "Dense" ? [features] : [length, features];
}

function extentsOf(config: Fields, key: string): (number | null)[] {
  const extents = config.list(key);
  const isExtent = (value: unknown): value is number | null =>
    value === null || (Number.isSafeInteger(value) && (value as number) > 0);
  if (extents.every(isExtent)) return [...extents];
  throw config.wrong(key, "extents above 0, or null");
}

/** `return_sequences` as `returnSequences`. */
function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
