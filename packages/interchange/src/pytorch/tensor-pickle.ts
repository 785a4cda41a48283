/** The globals that pickles of tensors use, each with what it gives here: a closed list, so that a file runs no code. */
import type { ElementType } from "@cellstate/tensor";
import { ModelFormatError, UnsupportedModelError } from "../errors.ts";
import { PickleGlobal, type PickleHost, type PickleValue } from "./pickle.ts";
import { elementTypeOf, isUntyped } from "./storage-types.ts";

/** Elements of a file that tensors are views of. */
export class StorageReference {
  readonly key: string;
  /** Undefined for untyped bytes. */
  readonly type: ElementType | undefined;

  constructor(key: string, type: ElementType | undefined) {
    this.key = key;
    this.type = type;
  }
}

/** A tensor before its elements are read: a strided view of a storage. */
export class TensorReference {
  readonly storage: StorageReference;
  readonly type: ElementType;
  /** In elements, like the strides. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: StorageReference, view: Pick<TensorReference, "type" | "offset" | "shape" | "strides">) {
    this.storage = storage;
    this.type = view.type;
    this.offset = view.offset;
    this.shape = view.shape;
    this.strides = view.strides;
  }
}

type Call = (args: readonly PickleValue[], pickle: TensorPickle) => PickleValue;

const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["collections.OrderedDict", (args, pickle) => pickle.orderedDictionary(args)],
  ["torch._utils._rebuild_tensor", (args, pickle) => pickle.tensor(args)],
  ["torch._utils._rebuild_tensor_v2", (args, pickle) => pickle.tensor(args)],
  ["torch._utils._rebuild_tensor_v3", (args, pickle) => pickle.tensor(args, args[6])],
  ["torch._utils._rebuild_parameter", ([data = null]) => data],
  ["torch.Size", ([sizes = []]) => sizes],
]);

/** What a pickle means in a file of PyTorch. */
export class TensorPickle implements PickleHost {
  /** Those that it referred to, by key. */
  readonly storages = new Map<string, StorageReference>();
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  call({ name }: PickleGlobal, args: readonly PickleValue[]): PickleValue {
    const call = CALLS.get(name);
    if (call !== undefined) return call(args, this);
    throw new UnsupportedModelError(
      this.#file,
      `it holds an object of ${name}, which only that Python code can make, and no code of a file is run; ` +
        "save tensors alone, in Python: torch.save(model.state_dict(), path)",
    );
  }

  /** `("storage", type, key, device, size)`, with one more in files from before PyTorch 1.6. */
  load(id: PickleValue): PickleValue {
    if (!Array.isArray(id) || id[0] !== "storage")
      return this.fail("it refers to something beside it that is no storage");
    const [, type, key] = id;
    if (!(type instanceof PickleGlobal) || typeof key !== "string") return this.fail("a storage has no type or no key");
    const elementType = elementTypeOf(type.name);
    if (elementType === undefined && !isUntyped(type.name)) throw this.#unreadable(type.name);
    const made = new StorageReference(key, elementType);
    this.storages.set(key, made);
    return { made };
  }

  fail(problem: string): never {
    throw new ModelFormatError(this.#file, `${problem}; it is damaged, or no file of PyTorch`);
  }

  orderedDictionary([pairs = []]: readonly PickleValue[]): PickleValue {
    if (!Array.isArray(pairs)) return this.fail("an ordered dictionary is made of no list");
    return new Map(
      pairs.map((pair): [PickleValue, PickleValue] => {
        if (!Array.isArray(pair) || pair.length !== 2) return this.fail("an ordered dictionary is made of no pairs");
        return [pair[0]!, pair[1]!];
      }),
    );
  }

  tensor([storage, offset, shape, strides]: readonly PickleValue[], dtype?: PickleValue): PickleValue {
    const made = typeof storage === "object" && storage !== null && "made" in storage ? storage.made : undefined;
    if (!(made instanceof StorageReference)) return this.fail("a tensor is made of no storage");
    const type = dtype instanceof PickleGlobal ? elementTypeOf(dtype.name) : made.type;
    if (type === undefined) throw this.#unreadable(dtype instanceof PickleGlobal ? dtype.name : "no type");
    if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) {
      return this.fail("a tensor has no valid offset, shape or strides");
    }
    return { made: new TensorReference(made, { type, offset, shape, strides }) };
  }

  #unreadable(name: string): UnsupportedModelError {
    return new UnsupportedModelError(
      this.#file,
      `it holds elements of ${name}; floats of 16, 32 and 64 bits, whole numbers and booleans can be read`,
    );
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
