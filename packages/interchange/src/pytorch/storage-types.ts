/** The element types of PyTorch's storages, by the names that its pickles use. */
import type { ElementType } from "@cellstate/tensor";

/** Old files name a class of storage, such as `torch.FloatStorage`. */
const BY_STORAGE = {
  FloatStorage: "F32",
  DoubleStorage: "F64",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
} as const satisfies Record<string, ElementType>;

/** Newer ones name the type of each tensor over an untyped storage. */
const BY_DTYPE = {
  float32: "F32",
  float64: "F64",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint8: "U8",
  uint16: "U16",
  uint32: "U32",
  uint64: "U64",
  bool: "BOOL",
} as const satisfies Record<string, ElementType>;

/** The type behind a global such as `torch.FloatStorage` or `torch.uint16`; undefined if it is none that can be read. */
export function elementTypeOf(name: string): ElementType | undefined {
  const [, own = ""] = /^torch\.(\w+)$/.exec(name) ?? [];
  const types: ReadonlyMap<string, ElementType> = TYPES;
  return types.get(own);
}

const TYPES = new Map<string, ElementType>([...Object.entries(BY_STORAGE), ...Object.entries(BY_DTYPE)]);

/** Whether a global is a storage without a type of its own: each of its tensors names one. */
export function isUntyped(name: string): boolean {
  return name === "torch.storage.UntypedStorage" || name === "torch.UntypedStorage";
}
