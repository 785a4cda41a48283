/**
 * Files that `torch.save` wrote (`.pt`, `.pth`, `.bin`, `.ckpt`): zip archives since PyTorch 1.6, and the pickles in a row of
 * before. Tensors are read and everything that would run code is refused by its name.
 *
 * @see PyTorch, `torch/serialization.py`
 */
import { elementTypes, type TensorData } from "@cellstate/tensor";
import { isZip, ZipArchive } from "../archive/zip.ts";
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import { nameForeignBytes } from "../foreign-bytes.ts";
import { namedLeaves } from "./named-leaves.ts";
import { type PickleValue, readPickle } from "./pickle.ts";
import { readTensor } from "./read-tensor.ts";
import { type StorageReference, TensorPickle, TensorReference } from "./tensor-pickle.ts";

/** What a file of PyTorch holds. */
export interface TorchContents {
  /** By their names; of dictionaries and lists in each other joined by dots, such as `model.encoder.weight`. */
  readonly tensors: Map<string, TensorData>;
  /** What else there is under a name: numbers, texts, booleans, `null`. */
  readonly values: Map<string, null | boolean | number | string>;
}

/** Tensors may share elements; all together have at most this many times the file's bytes. */
const MOST_SHARING = 4;
const FEW_ELEMENTS = 65_536;

/**
 * Reads what `torch.save` wrote of a state dict, or of dictionaries and lists that hold some.
 *
 * Floats of 16 bits become float32 exactly, whole numbers and booleans int32; strides and offsets are resolved.
 *
 * @param file  named in errors
 * @throws {ModelFormatError} if the file is damaged or no file of PyTorch
 * @throws {UnsupportedModelError} if it holds objects of other classes (a whole model), a TorchScript program, sparse or quantized
 *   tensors, or elements of a type that none of ours can hold
 */
export function readPyTorch(bytes: Uint8Array, file = "PyTorch file"): TorchContents {
  const foreign = nameForeignBytes(bytes);
  if (foreign !== undefined) throw new UnsupportedModelError(file, foreign);
  const { root, storage } = isZip(bytes) ? openArchive(bytes, file) : openLegacy(bytes, file);
  const tensors = new Map<string, TensorData>();
  const values = new Map<string, null | boolean | number | string>();
  let elements = 0;
  for (const [name, leaf] of namedLeaves(root, file)) {
    if (!(leaf instanceof TensorReference)) {
      values.set(name, leaf);
      continue;
    }
    elements += leaf.shape.reduce((product, extent) => product * extent, 1);
    if (elements > MOST_SHARING * bytes.length + FEW_ELEMENTS) {
      throw new ModelFormatError(file, `up to ${name} its tensors claim ${elements} elements in ${bytes.length} bytes`);
    }
    tensors.set(name, readNamed(name, leaf, storage, file));
  }
  return { tensors, values };
}

function readNamed(
  name: string,
  tensor: TensorReference,
  storage: (reference: StorageReference) => Uint8Array,
  file: string,
): TensorData {
  try {
    return readTensor(storage(tensor.storage), tensor);
  } catch (error) {
    if (error instanceof RangeError)
      throw new ModelFormatError(file, `tensor ${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

interface OpenFile {
  readonly root: PickleValue;
  storage(reference: StorageReference): Uint8Array;
}

/** `<name>/data.pkl`, and a member for each storage. */
function openArchive(bytes: Uint8Array, file: string): OpenFile {
  const archive = new ZipArchive(bytes, file);
  const pickle = archive.names.find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) {
    throw new ModelFormatError(file, "a zip archive without data.pkl; expected a file that torch.save wrote");
  }
  const folder = pickle.slice(0, -"data.pkl".length);
  if (archive.has(`${folder}constants.pkl`)) {
    const problem =
      "a TorchScript program (torch.jit.save); save the weights alone, in Python: torch.save(model.state_dict(), path)";
    throw new UnsupportedModelError(file, problem);
  }
  if (archive.has(`${folder}byteorder`) && new TextDecoder().decode(archive.read(`${folder}byteorder`)) !== "little") {
    throw new UnsupportedModelError(file, "its elements are big-endian; save it again on a little-endian machine");
  }
  return {
    root: readPickle(archive.read(pickle), 0, new TensorPickle(file)).value,
    storage: memoized(({ key }) => archive.read(`${folder}data/${key}`)),
  };
}

const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/** Four pickles (a magic number, a version, the writer's system, the contents), the keys of the storages, and those in a row. */
function openLegacy(bytes: Uint8Array, file: string): OpenFile {
  const host = new TensorPickle(file);
  const notOurs = "expected a file that torch.save wrote: a zip archive, or pickles as before PyTorch 1.6";
  if (bytes[0] !== 0x80) throw new ModelFormatError(file, notOurs);
  const magic = readPickle(bytes, 0, host);
  if (magic.value !== LEGACY_MAGIC) throw new ModelFormatError(file, `a pickle of another kind; ${notOurs}`);
  const version = readPickle(bytes, magic.end, host);
  if (version.value !== LEGACY_PROTOCOL) host.fail("its version is unknown");
  const system = readPickle(bytes, version.end, host);
  if (system.value instanceof Map && system.value.get("little_endian") === false) {
    throw new UnsupportedModelError(file, "its elements are big-endian; save it again on a little-endian machine");
  }
  const pickle = new TensorPickle(file);
  const contents = readPickle(bytes, system.end, pickle);
  const keys = readPickle(bytes, contents.end, host);
  const storages = cutStorages(bytes, keys.end, keys.value, pickle);
  return {
    root: contents.value,
    storage: ({ key }) => storages.get(key) ?? host.fail(`storage ${key} is missing`),
  };
}

/** The storages behind the list of their keys: how many elements each has, then those; the contents said of what type. */
function cutStorages(
  bytes: Uint8Array,
  start: number,
  keys: PickleValue,
  pickle: TensorPickle,
): ReadonlyMap<string, Uint8Array> {
  if (!Array.isArray(keys)) return pickle.fail("it has no list of storages");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const storages = new Map<string, Uint8Array>();
  let at = start;
  for (const key of keys) {
    const type = typeof key === "string" ? pickle.storages.get(key)?.type : undefined;
    if (typeof key !== "string" || type === undefined) return pickle.fail("a storage in its list belongs to no tensor");
    if (at + 8 > bytes.length) return pickle.fail(`storage ${key} is cut short`);
    const size = Number(view.getBigInt64(at, true)) * elementTypes[type].bytes;
    at += 8;
    if (size < 0 || at + size > bytes.length) return pickle.fail(`storage ${key} is cut short`);
    storages.set(key, bytes.subarray(at, at + size));
    at += size;
  }
  return storages;
}

function memoized(read: (reference: StorageReference) => Uint8Array): (reference: StorageReference) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  return (reference) => {
    const bytes = known.get(reference.key) ?? read(reference);
    known.set(reference.key, bytes);
    return bytes;
  };
}
