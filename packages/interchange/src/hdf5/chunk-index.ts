/**
 * Finds the chunks of a dataset: by a B-tree of version 1, as files of all HDF5 do, or by the arrays that files for HDF5 1.10 and later
 * have in its place.
 *
 * @see the HDF5 File Format Specification, version 3.0, sections III.A.1 (B-trees), VII.C (fixed array) and VII.D (extensible array)
 */
import { addressAt, type ChunkedLayout, integerAt } from "./layout.ts";

/** A chunk in the file. */
export interface StoredChunk {
  /** In the grid of chunks, along each axis. */
  readonly place: readonly number[];
  readonly address: number;
  /** As it is stored. */
  readonly bytes: number;
  /** Filters that it did not go through, a bit for each. */
  readonly skipped: number;
}

/** What is to be found. */
export interface ChunkSearch {
  readonly view: DataView;
  readonly layout: ChunkedLayout;
  /** Chunks along each axis. */
  readonly grid: readonly number[];
  /** Chunks along each axis that there may ever be; Infinity where the dataset can grow. */
  readonly greatestGrid: readonly number[];
  /** Of a chunk without filters. */
  readonly chunkBytes: number;
  readonly isFiltered: boolean;
}

/** What is wrong with an index. */
class IndexFault extends Error {
  override readonly name = "IndexFault";
}

/**
 * All chunks that the index names.
 *
 * @throws {IndexFault | RangeError} if it is damaged
 */
export function findChunks(search: ChunkSearch): Iterable<StoredChunk> {
  const { layout, grid, chunkBytes } = search;
  const { address, index } = layout;
  if (address === undefined) return [];
  switch (index.kind) {
    case "tree":
      return treeChunks(search, address, undefined, new Set());
    case "single":
      return [{ place: grid.map(() => 0), address, bytes: index.bytes ?? chunkBytes, skipped: index.skipped }];
    case "implicit":
      return implicitChunks(search, address);
    case "fixed array":
      return placed(search, fixedEntries(search, address), search.greatestGrid);
    case "extensible array":
      return placed(search, extensibleEntries(search, address), search.greatestGrid);
    default:
      return index satisfies never;
  }
}

/** The chunk of a row-major number in a grid, whose slowest axis may have no end. */
function placeIn(grid: readonly number[], number: number): number[] {
  const place = new Array<number>(grid.length);
  let rest = number;
  for (let axis = grid.length - 1; axis > 0; axis--) {
    place[axis] = rest % grid[axis]!;
    rest = Math.floor(rest / grid[axis]!);
  }
  place[0] = rest;
  return place;
}

function* implicitChunks({ grid, chunkBytes }: ChunkSearch, address: number): Generator<StoredChunk> {
  const count = grid.reduce((product, extent) => product * extent, 1);
  for (let at = 0; at < count; at++) {
    yield { place: placeIn(grid, at), address: address + at * chunkBytes, bytes: chunkBytes, skipped: 0 };
  }
}

/* ---- B-trees of version 1 ---- */

/** Chunks of a node and of those below it. @param level  of the node; undefined for the root */
function* treeChunks(
  search: ChunkSearch,
  address: number,
  level: number | undefined,
  seen: Set<number>,
): Generator<StoredChunk> {
  const { view, layout } = search;
  requireSignature(view, address, "TREE");
  const own = view.getUint8(address + 5);
  if (view.getUint8(address + 4) !== 1 || (level !== undefined && own !== level) || seen.has(address)) {
    throw new IndexFault("its index leads to a wrong place");
  }
  seen.add(address);
  const rank = layout.chunk.length;
  const keyBytes = 8 + 8 * (rank + 1);
  const count = view.getUint16(address + 6, true);
  for (let entry = 0, at = address + 24; entry < count; entry++, at += keyBytes + 8) {
    const child = integerAt(view, at + keyBytes, 8);
    if (own > 0) {
      yield* treeChunks(search, child, own - 1, seen);
      continue;
    }
    const place = layout.chunk.map((extent, axis) => integerAt(view, at + 8 + 8 * axis, 8) / extent);
    const [bytes, skipped] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    yield { place, address: child, bytes, skipped };
  }
}

/* ---- Arrays ---- */

/** An entry of an array, by its number; undefined where there is no chunk. */
type Entry = readonly [number: number, chunk: Omit<StoredChunk, "place">];

/** Numbers count along the axis without end last, whichever it is. */
function* placed({ grid }: ChunkSearch, entries: Iterable<Entry>, greatest: readonly number[]): Generator<StoredChunk> {
  const endless = Math.max(0, greatest.indexOf(Number.POSITIVE_INFINITY));
  const order = [endless, ...[...grid.keys()].filter((axis) => axis !== endless)];
  const ordered = order.map((axis) => greatest[axis]!);
  for (const [number, chunk] of entries) {
    const place = new Array<number>(grid.length);
    placeIn(ordered, number).forEach((at, axis) => {
      place[order[axis]!] = at;
    });
    yield { place, ...chunk };
  }
}

/** Entries in a row. */
function* entriesAt(search: ChunkSearch, at: number, first: number, count: number, width: number): Generator<Entry> {
  const { view, isFiltered, chunkBytes } = search;
  const sizeBytes = width - 12;
  for (let entry = 0; entry < count; entry++) {
    const start = at + entry * width;
    const address = addressAt(view, start);
    if (address === undefined) continue;
    const [bytes, skipped] = isFiltered
      ? [integerAt(view, start + 8, sizeBytes), view.getUint32(start + 8 + sizeBytes, true)]
      : [chunkBytes, 0];
    yield [first + entry, { address, bytes, skipped }];
  }
}

function requireEntryWidth({ isFiltered }: ChunkSearch, width: number): void {
  if (isFiltered ? width <= 12 || width > 20 : width !== 8)
    throw new IndexFault(`its index has entries of ${width} bytes`);
}

/** Signature, version, kind of entries, and the address of the header: what each block begins with. */
const PREFIX_BYTES = 4 + 2 + 8;
const CHECKSUM_BYTES = 4;
/** Where the header of an extensible array counts its blocks; behind six counts stands the address of the index block. */
const STATISTICS = 12;

function* fixedEntries(search: ChunkSearch, header: number): Generator<Entry> {
  const { view } = search;
  requireSignature(view, header, "FAHD");
  const width = view.getUint8(header + 6);
  requireEntryWidth(search, width);
  const pageSize = 2 ** view.getUint8(header + 7);
  const count = integerAt(view, header + 8, 8);
  const block = addressAt(view, header + 16);
  if (block === undefined) return;
  if (count * width > view.byteLength) throw new IndexFault("its index is larger than the file");
  requireSignature(view, block, "FADB");
  const start = block + PREFIX_BYTES;
  if (count <= pageSize) {
    yield* entriesAt(search, start, 0, count, width);
    return;
  }
  const pages = Math.ceil(count / pageSize);
  const isWritten = bitsAt(view, start);
  const firstPage = start + Math.ceil(pages / 8) + CHECKSUM_BYTES;
  for (let page = 0; page < pages; page++) {
    if (!isWritten(page)) continue;
    const at = firstPage + page * (pageSize * width + CHECKSUM_BYTES);
    yield* entriesAt(search, at, page * pageSize, Math.min(pageSize, count - page * pageSize), width);
  }
}

/** Whether a bit is set, counted from the highest of each byte. */
function bitsAt(view: DataView, start: number): (bit: number) => boolean {
  return (bit) => ((view.getUint8(start + (bit >> 3)) >> (7 - (bit & 7))) & 1) === 1;
}

/** Sizes of an extensible array. */
interface ArraySizes {
  /** Of an entry. */
  readonly width: number;
  /** Bytes of a number of an entry. */
  readonly numberBytes: number;
  /** Entries of a page; larger blocks are cut into pages. */
  readonly pageSize: number;
}

/** Data blocks of one size. */
interface BlockGroup {
  /** Number of its first entry. */
  readonly first: number;
  readonly blocks: number;
  /** Of each block. */
  readonly entries: number;
}

/**
 * Its first entries stand in the index block. Behind them come groups of data blocks, which in turn are twice as many and twice as large
 * as those before: the index block has the addresses of the blocks of the first groups, and of a secondary block for each later one.
 */
function* extensibleEntries(search: ChunkSearch, header: number): Generator<Entry> {
  const { view } = search;
  requireSignature(view, header, "EAHD");
  const byte = (at: number) => view.getUint8(header + at);
  const [width, numberBits, inIndex, leastEntries, leastPointers] = [byte(6), byte(7), byte(8), byte(9), byte(10)];
  requireEntryWidth(search, width);
  const [entryBits, pointerBits] = [Math.log2(leastEntries), Math.log2(leastPointers)];
  if (!Number.isInteger(entryBits) || !Number.isInteger(pointerBits))
    throw new IndexFault("its index has blocks of wrong sizes");
  const sizes = { width, numberBytes: Math.ceil(numberBits / 8), pageSize: 2 ** byte(11) };
  const block = addressAt(view, header + STATISTICS + 48);
  if (block === undefined) return;
  requireSignature(view, block, "EAIB");
  yield* entriesAt(search, block + PREFIX_BYTES, 0, inIndex, width);
  let at = block + PREFIX_BYTES + inIndex * width;
  let first = inIndex;
  for (let number = 0; number <= numberBits - entryBits; number++) {
    const group = { first, blocks: 2 ** (number >> 1), entries: leastEntries * 2 ** ((number + 1) >> 1) };
    const isDirect = number < 2 * pointerBits;
    if (isDirect) yield* blockEntries(search, at, group, sizes);
    else yield* secondaryEntries(search, addressAt(view, at), group, sizes);
    at += 8 * (isDirect ? group.blocks : 1);
    first += group.blocks * group.entries;
  }
}

function* secondaryEntries(
  search: ChunkSearch,
  address: number | undefined,
  group: BlockGroup,
  sizes: ArraySizes,
): Generator<Entry> {
  if (address === undefined) return;
  requireSignature(search.view, address, "EASB");
  const start = address + PREFIX_BYTES + sizes.numberBytes;
  const pages = group.entries > sizes.pageSize ? group.entries / sizes.pageSize : 0;
  const bitmapBytes = group.blocks * Math.ceil(pages / 8);
  yield* blockEntries(search, start + bitmapBytes, group, sizes, bitsAt(search.view, start));
}

/**
 * Entries of the data blocks of a group.
 *
 * @param at         where their addresses stand
 * @param isWritten  whether a page is in use, counted over all blocks of the group
 */
function* blockEntries(
  search: ChunkSearch,
  at: number,
  { first, blocks, entries }: BlockGroup,
  { width, numberBytes, pageSize }: ArraySizes,
  isWritten: (page: number) => boolean = () => true,
): Generator<Entry> {
  const { view } = search;
  for (let block = 0; block < blocks; block++) {
    const address = addressAt(view, at + 8 * block);
    if (address === undefined) continue;
    requireSignature(view, address, "EADB");
    const start = address + PREFIX_BYTES + numberBytes;
    const number = first + block * entries;
    if (entries <= pageSize) {
      yield* entriesAt(search, start, number, entries, width);
      continue;
    }
    const pages = entries / pageSize;
    for (let page = 0; page < pages; page++) {
      if (!isWritten(block * pages + page)) continue;
      const pageStart = start + CHECKSUM_BYTES + page * (pageSize * width + CHECKSUM_BYTES);
      yield* entriesAt(search, pageStart, number + page * pageSize, pageSize, width);
    }
  }
}

function requireSignature(view: DataView, at: number, signature: string): void {
  const found = String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(at + byte)));
  if (found !== signature) throw new IndexFault("its index is not where the file says");
}
