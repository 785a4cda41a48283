/**
 * HDF5 files as Keras writes them: groups, attributes and datasets whose elements lie in one piece. The structures are found by
 * jsfive; elements are read here, where they lie, after their place has been compared with the file.
 *
 * @see the HDF5 File Format Specification, version 3.0, section IV.A.2.i (data layout)
 */
/// <reference path="./jsfive.d.ts" />
import { type ElementType, elementTypes, type TensorData } from "@cellstate/tensor";
import { type Dataset, File, Group } from "jsfive";
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import { BoundedBuffer } from "./bounded-buffer.ts";

/** What attributes are read as. */
export type AttributeValue = string | number | readonly (string | number)[];

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether a file starts as HDF5 files do. */
export function isHdf5(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

export class Hdf5File {
  readonly #file: string;
  readonly #buffer: BoundedBuffer;
  readonly #root: Group;

  /**
   * @param file  named in errors
   * @throws {ModelFormatError} if it is no HDF5 file, or is damaged
   */
  constructor(bytes: Uint8Array, file: string) {
    this.#file = file;
    if (!isHdf5(bytes)) throw new ModelFormatError(file, "no HDF5 file, or a damaged one");
    this.#buffer = new BoundedBuffer(bytes);
    this.#root = this.#guard("its root", () => new File(this.#buffer, file));
  }

  get bytes(): number {
    return this.#buffer.byteLength;
  }

  /** Whether there is a group or dataset of that path; "" is the root. */
  has(path: string): boolean {
    const [, parent = "", name = path] = /^(.*)\/([^/]*)$/s.exec(path) ?? [];
    return path === "" || ((parent === "" || this.has(parent)) && this.#names(parent).includes(name));
  }

  isDataset(path: string): boolean {
    return !(this.#guard(path, () => this.#at(path)) instanceof Group);
  }

  /** Names in a group, in the order of the file, which sorts them; none in a dataset. */
  children(path: string): readonly string[] {
    return this.#names(path);
  }

  /** An attribute of a group; undefined where there is none of that name. */
  attribute(path: string, name: string): AttributeValue | undefined {
    const attributes = this.#guard(`attributes of ${path || "its root"}`, () => this.#at(path).attrs);
    if (!Object.hasOwn(attributes, name)) return undefined;
    const value = attributes[name];
    if (Array.isArray(value)) return value.map((one) => this.#plain(one, path, name));
    return this.#plain(value, path, name);
  }

  /**
   * The elements of a dataset.
   *
   * @throws {UnsupportedModelError} if they are compressed or cut into chunks, or no numbers
   */
  tensor(path: string): TensorData {
    const object = this.#guard(path, () => this.#at(path));
    if (object instanceof Group) throw this.#fault(`expected the dataset ${path}, there is a group`);
    const { shape, type, start } = this.#guard(path, () => this.#layoutOf(object, path));
    const { bytes: width, dtype, read } = elementTypes[type];
    const size = shape.reduce((product, extent) => product * extent, 1);
    if (size > 0 && start + size * width > this.#buffer.byteLength) {
      throw this.#fault(
        `the dataset ${path} of shape [${shape.join(", ")}] reaches beyond the file; it is cut short or damaged`,
      );
    }
    const view = size === 0 ? new DataView(new ArrayBuffer(0)) : new DataView(this.#buffer, start, size * width);
    try {
      return { dtype, shape, data: read(view, size) };
    } catch (error) {
      throw this.#fault(`the dataset ${path}: ${(error as Error).message}`, error);
    }
  }

  /** Type, shape and place of a dataset's elements. */
  #layoutOf({ _dataobjects: object }: Dataset, path: string) {
    const type = elementTypeOf(object.dtype);
    if (type === undefined) {
      throw new UnsupportedModelError(
        this.#file,
        `the dataset ${path} has elements of type ${String(object.dtype)}, no numbers`,
      );
    }
    const at = object.find_msg_type(LAYOUT_MESSAGE)[0]?.get("offset_to_message");
    if (at === undefined) throw this.#fault(`the dataset ${path} does not say where its elements are`);
    return { shape: [...object.shape], type, start: this.#startOf(at, path) };
  }

  #startOf(at: number, path: string): number {
    const view = new DataView(this.#buffer);
    const version = view.getUint8(at);
    // Up to version 2 the rank stands before the class, and five more bytes behind it.
    const [kind, behind] = version <= 2 ? [view.getUint8(at + 2), at + 8] : [view.getUint8(at + 1), at + 2];
    if (kind === COMPACT && version > 2) return behind + 2;
    if (kind === CONTIGUOUS) return Number(view.getBigUint64(behind, true));
    const advice = "save the model again, or rewrite the file: h5repack -l CONTI -f NONE old.h5 new.h5";
    throw new UnsupportedModelError(this.#file, `the dataset ${path} is compressed or cut into chunks; ${advice}`);
  }

  #at(path: string): Group | Dataset {
    if (path === "") return this.#root;
    const object = this.#root.get(path);
    if (object === null) throw this.#fault(`there is no ${path}`);
    return object;
  }

  #names(path: string): readonly string[] {
    return this.#guard(path || "its root", () => {
      const object = this.#at(path);
      return object instanceof Group ? object.keys : [];
    });
  }

  #plain(value: unknown, path: string, name: string): string | number {
    if (typeof value === "number") return value;
    // Texts of a fixed length are filled up with zeros.
    if (typeof value === "string") return value.replace(/\0+$/, "");
    throw this.#fault(`the attribute ${name} of ${path || "its root"} is neither text nor number`);
  }

  /** jsfive throws texts, and errors of any kind where a structure is not what it should be. */
  #guard<Result>(what: string, read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      if (error instanceof ModelFormatError || error instanceof UnsupportedModelError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw this.#fault(`${what.slice(0, 200)} cannot be read (${reason.slice(0, 200)}); it is damaged`, error);
    }
  }

  #fault(problem: string, cause?: unknown): ModelFormatError {
    return new ModelFormatError(this.#file, problem, { cause });
  }
}

const LAYOUT_MESSAGE = 8;
const COMPACT = 0;
const CONTIGUOUS = 1;

const TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["f2", "F16"],
  ["f4", "F32"],
  ["f8", "F64"],
  ["i1", "I8"],
  ["i2", "I16"],
  ["i4", "I32"],
  ["i8", "I64"],
  ["u1", "U8"],
  ["u2", "U16"],
  ["u4", "U32"],
  ["u8", "U64"],
]);

/** Of little-endian numbers; undefined for all else. */
function elementTypeOf(dtype: string | readonly unknown[]): ElementType | undefined {
  if (typeof dtype !== "string" || !dtype.startsWith("<")) return undefined;
  return TYPES.get(dtype.slice(1));
}
