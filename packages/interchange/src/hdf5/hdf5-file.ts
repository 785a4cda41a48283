/**
 * HDF5 files as Keras and others write them: groups, attributes and datasets, in one piece or in chunks. The structures are found by
 * jsfive; elements are read here, where they lie, after their place has been compared with the file.
 */
/// <reference path="./jsfive.d.ts" />
import { type ElementType, elementTypes, type TensorData } from "@cellstate/tensor";
import { type DataObjects, type Dataset, File, Group } from "jsfive";
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import { BoundedBuffer } from "./bounded-buffer.ts";
import { chunkedElements, GREATEST_RATIO } from "./chunked-elements.ts";
import { readPipeline, unknownFilter } from "./filters.ts";
import { type ChunkedLayout, greatestShapeAt, readLayout } from "./layout.ts";

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

  /** How many numbers it can hold at most: none takes less than a byte where it is not packed. */
  get capacity(): number {
    const bytes = this.#buffer.byteLength;
    return Math.min(bytes + this.#packedElements("", DEEPEST), GREATEST_RATIO * bytes);
  }

  /** Elements of packed datasets in a group and the groups in it. What is damaged counts nothing, and is told when it is read. */
  #packedElements(path: string, depth: number): number {
    try {
      const object = this.#at(path);
      if (!(object instanceof Group)) {
        return placeOf(object._dataobjects, FILTER_MESSAGE) === undefined ? 0 : product(object._dataobjects.shape);
      }
      const within = path === "" ? "" : `${path}/`;
      const names = depth === 0 ? [] : object.keys;
      return names.reduce((sum, name) => sum + this.#packedElements(within + name, depth - 1), 0);
    } catch {
      return 0;
    }
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
   * @throws {UnsupportedModelError} if they are no numbers, or packed or found in a way that is not read
   */
  tensor(path: string): TensorData {
    const object = this.#guard(path, () => this.#at(path));
    if (object instanceof Group) throw this.#fault(`expected the dataset ${path}, there is a group`);
    const { shape, type, layout } = this.#guard(path, () => this.#describe(object, path));
    const view =
      layout.kind === "whole"
        ? this.#whole(path, shape, type, layout.start)
        : this.#guard(path, () => this.#chunked(object, path, shape, type, layout));
    try {
      return { dtype: elementTypes[type].dtype, shape, data: elementTypes[type].read(view, product(shape)) };
    } catch (error) {
      throw this.#fault(`the dataset ${path}: ${(error as Error).message}`, error);
    }
  }

  /** Type, shape and layout of a dataset. */
  #describe({ _dataobjects: object }: Dataset, path: string) {
    const type = elementTypeOf(object.dtype);
    if (type === undefined) {
      throw new UnsupportedModelError(
        this.#file,
        `the dataset ${path} has elements of type ${String(object.dtype)}, no numbers`,
      );
    }
    const at = placeOf(object, LAYOUT_MESSAGE);
    if (at === undefined) throw this.#fault(`the dataset ${path} does not say where its elements are`);
    const layout = readLayout(new DataView(this.#buffer), at);
    if (layout.kind !== "unknown") return { shape: [...object.shape], type, layout };
    throw this.#unsupported(path, layout.what);
  }

  #whole(path: string, shape: readonly number[], type: ElementType, start: number): DataView {
    const size = product(shape);
    const { bytes: width } = elementTypes[type];
    if (size === 0) return new DataView(new ArrayBuffer(0));
    if (start + size * width <= this.#buffer.byteLength) return new DataView(this.#buffer, start, size * width);
    throw this.#fault(
      `the dataset ${path} of shape [${shape.join(", ")}] reaches beyond the file; it is cut short or damaged`,
    );
  }

  #chunked(
    { _dataobjects: object }: Dataset,
    path: string,
    shape: readonly number[],
    type: ElementType,
    layout: ChunkedLayout,
  ): DataView {
    const file = new DataView(this.#buffer);
    const filters = placeOf(object, FILTER_MESSAGE);
    const pipeline = filters === undefined ? [] : readPipeline(file, filters);
    const unknown = unknownFilter(pipeline);
    if (unknown !== undefined) throw this.#unsupported(path, `is packed by ${unknown}`);
    const greatestShape = greatestShapeAt(file, placeOf(object, DATASPACE_MESSAGE)!);
    const { bytes: width } = elementTypes[type];
    const elements = chunkedElements(file, { layout, pipeline, shape, greatestShape, width });
    return new DataView(elements.buffer, elements.byteOffset, elements.byteLength);
  }

  #unsupported(path: string, what: string): UnsupportedModelError {
    const advice = "save the model again, or rewrite the file: h5repack -l CONTI -f NONE old.h5 new.h5";
    return new UnsupportedModelError(this.#file, `the dataset ${path} ${what}, which is not read; ${advice}`);
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

/** Groups in each other. */
const DEEPEST = 24;

const DATASPACE_MESSAGE = 1;
const LAYOUT_MESSAGE = 8;
const FILTER_MESSAGE = 11;

/** Where the first message of a type begins. */
function placeOf(object: DataObjects, type: number): number | undefined {
  return object.find_msg_type(type)[0]?.get("offset_to_message");
}

function product(extents: readonly number[]): number {
  return extents.reduce((size, extent) => size * extent, 1);
}

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
