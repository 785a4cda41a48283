/** Models of Keras as models of `@cellstate/layers`, with their weights. */
import type { Layer, Model } from "@cellstate/layers";
import { createSession, type OptionNames, requireKnownOptions, type Session, type TensorData } from "@cellstate/tensor";
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import { type BuiltNetwork, buildNetwork } from "./build-network.ts";
import { convertWeights } from "./convert-weights.ts";
import type { LayerDescription } from "./network.ts";
import { type KerasFile, type OpenKerasOptions, openKeras, type ReadFile } from "./open-keras.ts";
import type { TextVectorization } from "./text-vectorization.ts";
import type { KerasLoss } from "./training-loss.ts";

export interface ImportKerasOptions extends OpenKerasOptions {
  /** Where the model computes. Default: a session of its own. */
  readonly session?: Session | undefined;
}

const optionNames: OptionNames<ImportKerasOptions> = { architecture: true, weights: true, session: true };

/** A model of Keras, taken over. */
export interface ImportedKeras {
  readonly model: Model<unknown>;
  /** The version of Keras whose meaning it has, such as `2.2.4`. */
  readonly kerasVersion: string;
  /**
   * What turned texts into ids, where the model began with a `TextVectorization`: the model then begins behind it.
   * `textVectorizationTokenizer` of `@cellstate/tokenizers` makes the tokenizer of it.
   */
  readonly text: TextVectorization | undefined;
  /** What the model was trained with, where the file says so: it tells what the outputs mean. */
  readonly loss: KerasLoss | undefined;
}

/**
 * Reads a model of Keras, version 1 to 3: `.keras`, `.h5`, `.weights.h5` with its `model.json`, or a `model.json` of TensorFlow.js.
 *
 * What a config says means what it meant to its writer: `hard_sigmoid` has slope 0.2 up to Keras 2 and 1/6 since Keras 3, a GRU
 * without `reset_after` resets before its product, layers of Keras 1 have their gates one by one, and layers for graphics cards
 * (`CuDNNLSTM`) are converted. Options that act in training alone, optimizers and losses are left out.
 *
 * @param path  of the file, joined with "/"
 * @param read  gives the bytes of it and of files beside it, from disk, a server or memory
 * @throws {ModelFormatError} if a file is missing, damaged, or contradicts itself; weights that do not fit are all listed
 * @throws {UnsupportedModelError} naming the layer, option or kind of file that is not taken over
 */
export async function importKeras(
  path: string,
  read: ReadFile,
  options: ImportKerasOptions = {},
): Promise<ImportedKeras> {
  requireKnownOptions("importKeras", options, optionNames);
  const { session, ...places } = options;
  const file = await openKeras(path, read, places);
  const built = buildNetwork(file.network, path);
  buildWeights(built.model, session ?? (await createSession()), file);
  setWeights(file, built);
  return { model: built.model, kerasVersion: file.writer.version, text: file.text, loss: file.loss };
}

/** Layers may keep some numbers at zero beside their weights, but never more than weights. */
const WITH_ZEROS = 2;

/**
 * @throws {ModelFormatError} if the layers need more weights than the file can hold, before they take memory
 * @throws {UnsupportedModelError} if a layer does not take its options
 */
function buildWeights(model: Model<unknown>, session: Session, { path, weights }: KerasFile): void {
  try {
    model.buildBlank(session, WITH_ZEROS * weights.capacity);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === "OptionError") throw new UnsupportedModelError(path, error.message);
    if (!BUILD_ERRORS.includes(error.name)) throw error;
    throw new ModelFormatError(path, `its layers do not fit its weights: ${error.message}`, { cause: error });
  }
}

const BUILD_ERRORS: readonly string[] = ["StateDictError", "ModelError", "DataError", "ShapeError", "BackendError"];

/** @throws {ModelFormatError} listing all weights that are missing, too many or of another shape */
function setWeights({ path, network, weights, writer }: KerasFile, { sources }: BuiltNetwork): void {
  const wanted = new Map(
    [...sources.values()].flat().map(([description, { weightShapes }]) => [description, weightShapes]),
  );
  const found = weights.read(network, (layer) => countsOf(wanted.get(layer) ?? []));
  const problems: string[] = [];
  const settled: [Layer<unknown>, readonly TensorData[]][] = [];
  for (const [layer, pairs] of sources) {
    const all = pairs.flatMap(([description, { weightShapes }]) => {
      const given = convertWeights(description, found.get(description) ?? [], writer, path);
      problems.push(...problemsOf(description, weightShapes, given));
      return given;
    });
    settled.push([layer, all]);
  }
  if (problems.length > 0) {
    const shown = problems.slice(0, 20).join("; ");
    throw new ModelFormatError(
      path,
      `its weights do not fit its layers: ${shown}${problems.length > 20 ? "; ..." : ""}`,
    );
  }
  for (const [layer, given] of settled) if (given.length > 0) layer.setWeights(given);
}

/** A weight that a layer needs. */
type Wanted = Layer["weightShapes"][number];

function countsOf(weights: readonly Wanted[]): { readonly all: number; readonly fixed: number } {
  return { all: weights.length, fixed: weights.filter(({ name }) => name.includes("moving_")).length };
}

function problemsOf(
  { name, writtenClass }: LayerDescription,
  wanted: readonly Wanted[],
  given: readonly TensorData[],
): string[] {
  const title = `layer ${name} (${writtenClass})`;
  if (wanted.length !== given.length) {
    const names = wanted.map((weight) => `${weight.name} [${weight.shape.join(", ")}]`).join(", ");
    return [
      `${title} needs ${wanted.length} weights${names === "" ? "" : ` (${names})`}, the file has ${given.length}`,
    ];
  }
  return wanted.flatMap((weight, index) => {
    const { shape, data } = given[index]!;
    const isSame =
      shape.join() === weight.shape.join() || (data.length === 1 && weight.shape.every((extent) => extent === 1));
    return isSame
      ? []
      : [`${title}: ${weight.name} has shape [${shape.join(", ")}], needs [${weight.shape.join(", ")}]`];
  });
}
