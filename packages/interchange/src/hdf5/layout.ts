/**
 * Where the elements of a dataset lie, as its layout message says: in one piece, or in chunks that an index finds.
 *
 * @see the HDF5 File Format Specification, version 3.0, section IV.A.2.i (data layout)
 */

/** In one piece. */
export interface WholeLayout {
  readonly kind: "whole";
  readonly start: number;
}

/** In chunks, all of one shape; those at the edges are stored whole. */
export interface ChunkedLayout {
  readonly kind: "chunked";
  /** Elements of a chunk along each axis. */
  readonly chunk: readonly number[];
  readonly index: ChunkIndex;
  /** Of the index, or of the chunks themselves; undefined where nothing was ever written. */
  readonly address: number | undefined;
  /** Whether chunks that reach beyond the dataset are stored as they are. */
  readonly leavesEdges: boolean;
}

/** What finds a chunk. */
type ChunkIndex =
  | { readonly kind: "tree" }
  /** One chunk; `bytes` where it went through filters. */
  | { readonly kind: "single"; readonly bytes: number | undefined; readonly skipped: number }
  /** All chunks, one behind the other. */
  | { readonly kind: "implicit" }
  | { readonly kind: "fixed array" }
  | { readonly kind: "extensible array" };

/** What a layout is that is not read. */
export interface UnknownLayout {
  readonly kind: "unknown";
  /** Such as `is cut into chunks by a version 5 layout`. */
  readonly what: string;
}

const COMPACT = 0;
const CONTIGUOUS = 1;
const CHUNKED = 2;

/** @param at  where the message begins @throws {RangeError} beyond the file */
export function readLayout(view: DataView, at: number): WholeLayout | ChunkedLayout | UnknownLayout {
  const version = view.getUint8(at);
  // Up to version 2 the rank stands before the class, and five more bytes behind it.
  const [kind, behind] = version <= 2 ? [view.getUint8(at + 2), at + 8] : [view.getUint8(at + 1), at + 2];
  if (kind === CONTIGUOUS && version <= 4) return { kind: "whole", start: Number(view.getBigUint64(behind, true)) };
  if (kind === COMPACT && (version === 3 || version === 4)) return { kind: "whole", start: behind + 2 };
  if (kind === CHUNKED && version === 3) return treeLayout(view, behind);
  if (kind === CHUNKED && version === 4) return indexedLayout(view, behind);
  return { kind: "unknown", what: `has a layout of class ${kind} and version ${version}` };
}

function treeLayout(view: DataView, at: number): ChunkedLayout {
  const rank = view.getUint8(at) - 1; // the last extent is the width of an element
  const chunk = Array.from({ length: rank }, (_, axis) => view.getUint32(at + 9 + 4 * axis, true));
  return { kind: "chunked", chunk, index: { kind: "tree" }, address: addressAt(view, at + 1), leavesEdges: false };
}

const LEAVES_EDGES = 1;
const SINGLE_IS_FILTERED = 2;

function indexedLayout(view: DataView, at: number): ChunkedLayout | UnknownLayout {
  const [flags, rank, width] = [view.getUint8(at), view.getUint8(at + 1) - 1, view.getUint8(at + 2)];
  const chunk = Array.from({ length: rank }, (_, axis) => integerAt(view, at + 3 + width * axis, width));
  const type = at + 3 + width * (rank + 1);
  const layout = (index: ChunkIndex, options: number): ChunkedLayout => ({
    kind: "chunked",
    chunk,
    index,
    address: addressAt(view, type + 1 + options),
    leavesEdges: (flags & LEAVES_EDGES) !== 0,
  });
  switch (view.getUint8(type)) {
    case 1:
      return (flags & SINGLE_IS_FILTERED) === 0
        ? layout({ kind: "single", bytes: undefined, skipped: 0 }, 0)
        : layout({ kind: "single", bytes: integerAt(view, type + 1, 8), skipped: view.getUint32(type + 9, true) }, 12);
    case 2:
      return layout({ kind: "implicit" }, 0);
    case 3:
      return layout({ kind: "fixed array" }, 1);
    case 4:
      return layout({ kind: "extensible array" }, 5);
    case 5:
      return { kind: "unknown", what: "can grow along several axes (its chunks are found by a B-tree of version 2)" };
    default:
      return { kind: "unknown", what: `has chunks found by an index of type ${view.getUint8(type)}` };
  }
}

/** A whole number of `width` bytes, the lowest first. */
export function integerAt(view: DataView, at: number, width: number): number {
  let value = 0;
  for (let byte = width - 1; byte >= 0; byte--) value = value * 256 + view.getUint8(at + byte);
  return value;
}

/**
 * Extents that a dataset may grow to, of its dataspace message; Infinity where there is no limit.
 *
 * @see section IV.A.2.b (dataspace)
 */
export function greatestShapeAt(view: DataView, at: number): number[] {
  const [version, rank, flags] = [view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2)];
  const extents = at + (version === 1 ? 8 : 4);
  const hasLimits = (flags & 1) !== 0;
  return Array.from({ length: rank }, (_, axis) => {
    return addressAt(view, extents + 8 * (hasLimits ? rank + axis : axis)) ?? Number.POSITIVE_INFINITY;
  });
}

const NOWHERE = 2n ** 64n - 1n;

/** A number of 8 bytes; undefined where all bits are set, which stands for no address and no limit. */
export function addressAt(view: DataView, at: number): number | undefined {
  const address = view.getBigUint64(at, true);
  return address === NOWHERE ? undefined : Number(address);
}
