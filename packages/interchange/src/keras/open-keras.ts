/** Finds out what kind of file of Keras one is, and where its architecture and its weights are. */
import { isZip, ZipArchive } from "../archive/zip.ts";
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import { isOldTorchFile, isPickle, nameForeignBytes } from "../foreign-bytes.ts";
import { Hdf5File, isHdf5 } from "../hdf5/hdf5-file.ts";
import { Fields, parseJson } from "./fields.ts";
import { GroupedWeights, namesOf } from "./grouped-weights.ts";
import { NamedWeights } from "./named-weights.ts";
import type { NetworkDescription } from "./network.ts";
import { PathWeights } from "./path-weights.ts";
import { readNetwork } from "./read-network.ts";
import { type ReadAsset, separateText, type TextVectorization } from "./text-vectorization.ts";
import { readManifest, shardPaths } from "./tfjs-weights.ts";
import { type KerasLoss, trainingLoss } from "./training-loss.ts";
import type { WeightSource } from "./weight-source.ts";
import { type Writer, writerOf } from "./writer.ts";

/** Gives the bytes of a file; undefined if there is none of that path. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

/** A file of Keras, opened. */
export interface KerasFile {
  readonly path: string;
  readonly writer: Writer;
  readonly network: NetworkDescription;
  readonly weights: WeightSource;
  /** What turned texts into ids, where the model began with it. */
  readonly text: TextVectorization | undefined;
  /** What it was trained with, where the file says so. */
  readonly loss: KerasLoss | undefined;
}

export interface OpenKerasOptions {
  /** Where the architecture is (`model.to_json()`), if the file has weights alone. Default: looked for beside it. */
  readonly architecture?: string | undefined;
  /** Where the weights are, if the file is an architecture alone. Default: looked for beside it. */
  readonly weights?: string | undefined;
}

interface Architecture {
  readonly document: unknown;
  readonly version: string | undefined;
  readonly backend: string | undefined;
  readonly asset?: ReadAsset;
  readonly loss?: KerasLoss | undefined;
}

/** What one file has; either may be missing. */
interface Parts {
  readonly architecture?: Architecture;
  readonly weights?: WeightSource;
}

/**
 * Opens `.keras`, `.h5`, `.weights.h5`, a `model.json` of TensorFlow.js, or one of Keras with weights beside it.
 *
 * @param path  of the file, joined with "/"
 * @param read  reads it and files beside it, from disk, a server or memory
 */
export async function openKeras(path: string, read: ReadFile, options: OpenKerasOptions = {}): Promise<KerasFile> {
  const first = await partsOf(path, await required(path, read), read);
  const architecture =
    first.architecture ?? (await beside(path, options.architecture, ARCHITECTURES, read))?.architecture;
  if (architecture === undefined) {
    const problem =
      "weights without an architecture; name the file that model.to_json() gave (--architecture), or save the whole model: model.save(path)";
    throw new UnsupportedModelError(path, problem);
  }
  const weights = first.weights ?? (await beside(path, options.weights, WEIGHTS, read))?.weights;
  if (weights === undefined) {
    throw new UnsupportedModelError(path, "an architecture without weights; name the file that has them (--weights)");
  }
  const writer = writerOf(architecture.version, architecture.backend);
  const { document, text } = separateText(architecture.document, architecture.asset ?? (() => undefined), path);
  return { path, writer, network: readNetwork(document, writer, path), weights, text, loss: architecture.loss };
}

async function required(path: string, read: ReadFile): Promise<Uint8Array> {
  const bytes = await read(path);
  if (bytes === undefined) throw new ModelFormatError(path, "there is no such file");
  return bytes;
}

/** Names of files that go with one called `model.h5`: the same name, then the usual ones. */
const ARCHITECTURES = [".json", "model.json", "config.json", "architecture.json"];
const WEIGHTS = [".weights.h5", ".h5", "_weights.h5", "model.weights.h5", "model.h5", "weights.h5", "model_weights.h5"];

async function beside(
  path: string,
  given: string | undefined,
  names: readonly string[],
  read: ReadFile,
): Promise<Parts | undefined> {
  if (given !== undefined) return partsOf(given, await required(given, read), read);
  const [, folder = "", name = ""] = /^(.*\/)?([^/]*)$/s.exec(path) ?? [];
  const stem = name.replace(/(\.weights)?\.\w+$/, "");
  for (const other of names) {
    const candidate = folder + (/^[._]/.test(other) ? stem + other : other);
    const bytes = candidate === path ? undefined : await read(candidate);
    if (bytes !== undefined) return partsOf(candidate, bytes, read);
  }
  return undefined;
}

async function partsOf(path: string, bytes: Uint8Array, read: ReadFile): Promise<Parts> {
  const foreign = nameForeignBytes(bytes);
  if (foreign !== undefined) throw new UnsupportedModelError(path, foreign);
  if (isHdf5(bytes)) return partsOfHdf5(new Hdf5File(bytes, path), path);
  if (isZip(bytes)) return partsOfArchive(new ZipArchive(bytes, path), path);
  if (isOldTorchFile(bytes)) throw new UnsupportedModelError(path, OF_TORCH);
  if (isPickle(bytes)) {
    const problem =
      "a pickle of Python, which is a program, and no code of a file is run; save the model itself: model.save(path)";
    throw new UnsupportedModelError(path, problem);
  }
  const text = new TextDecoder().decode(bytes);
  if (/^\s*\{/.test(text)) return partsOfJson(new Fields(parseJson(text, path), "", path), path, read);
  throw new ModelFormatError(
    path,
    "expected a file of Keras (.keras, .h5, .weights.h5, model.json), got something else, or a damaged one",
  );
}

const OF_TORCH =
  "a file of PyTorch, which has weights and no network that can be read; write the network as ONNX, in Python: " +
  'torch.onnx.export(model, (ids,), "model.onnx"), and take that';

/** With `model_config` it is a whole model; without it weights, in a layout of their own since Keras 2.12. */
function partsOfHdf5(file: Hdf5File, path: string): Parts {
  const config = file.attribute("", "model_config");
  const text = (name: string) => {
    const value = file.attribute("", name);
    return typeof value === "string" ? value : undefined;
  };
  if (typeof config === "string") {
    return {
      architecture: {
        document: parseJson(config, path),
        version: text("keras_version"),
        backend: text("backend"),
        loss: trainingLoss(parsedOrNot(text("training_config"))),
      },
      weights: new GroupedWeights(file, path, file.has("model_weights") ? "model_weights" : ""),
    };
  }
  if (namesOf(file, "", "layer_names").length > 0) return { weights: new GroupedWeights(file, path, "") };
  if (file.children("").length > 0) return { weights: new PathWeights(file) };
  throw new ModelFormatError(path, "an HDF5 file that holds neither a model of Keras nor its weights");
}

function partsOfArchive(archive: ZipArchive, path: string): Parts {
  const text = (name: string) => new TextDecoder().decode(archive.read(name));
  if (!archive.has("config.json") || !archive.has("model.weights.h5")) {
    if (archive.names.some((name) => name.endsWith("data.pkl"))) throw new UnsupportedModelError(path, OF_TORCH);
    throw new ModelFormatError(
      path,
      "expected an archive of Keras with config.json and model.weights.h5, got a zip archive without",
    );
  }
  const version = archive.has("metadata.json")
    ? new Fields(parseJson(text("metadata.json"), path), "metadata.json", path).textOr("keras_version", "3")
    : "3";
  const document = parseJson(text("config.json"), path) as { readonly compile_config?: unknown } | null;
  return {
    architecture: {
      document,
      version,
      backend: undefined,
      loss: trainingLoss(document?.compile_config),
      asset: (name) => {
        const found = archive.names.find((one) => one.startsWith("assets/") && one.endsWith(`/${name}`));
        return found === undefined ? undefined : text(found);
      },
    },
    weights: new PathWeights(new Hdf5File(archive.read("model.weights.h5"), `${path}: model.weights.h5`)),
  };
}

async function partsOfJson(document: Fields, path: string, read: ReadFile): Promise<Parts> {
  if (document.get("format") === "graph-model") {
    const problem =
      "a graph model of TensorFlow.js, which has no layers any more; convert the Keras file itself (tfjs_layers_model)";
    throw new UnsupportedModelError(path, problem);
  }
  if (!document.has("modelTopology")) return { architecture: architectureOf(document) };
  const topology = document.fields("modelTopology");
  const architecture = architectureOf(topology);
  if (!document.has("weightsManifest")) return { architecture };
  const manifest = document.each("weightsManifest");
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const shards = new Map<string, Uint8Array>();
  for (const shard of shardPaths(manifest)) shards.set(shard, await required(folder + shard, read));
  return { architecture, weights: new NamedWeights(readManifest(manifest, shards)) };
}

/** A model's config, with the version beside it or around it. */
function architectureOf(document: Fields): Architecture {
  const inner = document.has("model_config") ? document.get("model_config") : undefined;
  const model = typeof inner === "string" ? parseJson(inner, document.file) : inner;
  const version = document.has("keras_version") ? String(document.get("keras_version")) : versionByForm(document);
  const backend = document.has("backend") ? String(document.get("backend")) : undefined;
  const plain = Object.fromEntries(document.keys.map((key) => [key, document.get(key)]));
  const loss = trainingLoss(document.get("training_config") ?? document.get("compile_config"));
  return { document: model ?? plain, version, backend, loss };
}

/** Python writes numbers that JSON does not have, and a loss is not needed. */
function parsedOrNot(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}

/** Configs of Keras 3 state no version, but name the module of each class. */
function versionByForm(document: Fields): string | undefined {
  return document.has("module") ? "3" : undefined;
}
