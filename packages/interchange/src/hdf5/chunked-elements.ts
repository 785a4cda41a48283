/** The elements of a dataset in chunks: each chunk is found, unpacked and copied to its place. */
import { type ChunkSearch, findChunks } from "./chunk-index.ts";
import { type Pipeline, unfilter } from "./filters.ts";
import type { ChunkedLayout } from "./layout.ts";

export interface ChunkedDataset {
  readonly layout: ChunkedLayout;
  readonly pipeline: Pipeline;
  readonly shape: readonly number[];
  /** Extents that it may grow to; Infinity where there is no limit. */
  readonly greatestShape: readonly number[];
  /** Bytes of an element. */
  readonly width: number;
}

/** No filter makes more than so many bytes of one. */
export const GREATEST_RATIO = 1032;

/** What contradicts itself. */
class DatasetFault extends Error {
  override readonly name = "DatasetFault";
}

/**
 * Its elements row-major, as bytes.
 *
 * @param view  of the whole file, against which sizes are held before anything is made
 * @throws {Error} of any kind if the file is damaged
 */
export function chunkedElements(view: DataView, dataset: ChunkedDataset): Uint8Array {
  const { layout, pipeline, shape, width } = dataset;
  const search = searchIn(view, dataset);
  const { chunkBytes, grid } = search;
  const totalBytes = product(shape) * width;
  const chunkCount = product(grid);
  if (Math.max(totalBytes, chunkBytes) > view.byteLength * GREATEST_RATIO) {
    throw new DatasetFault("it is larger than its file can hold");
  }
  const elements = new Uint8Array(totalBytes);
  const seen = new Set<number>();
  let storedBytes = 0;
  for (const { place, address, bytes, skipped } of totalBytes === 0 ? [] : findChunks(search)) {
    const number = numberIn(grid, place);
    storedBytes += bytes;
    // No two chunks share a byte.
    if (number === undefined || seen.has(number) || storedBytes > view.byteLength) {
      throw new DatasetFault("its index names chunks that there cannot be");
    }
    seen.add(number);
    const isEdge = place.some((at, axis) => (at + 1) * layout.chunk[axis]! > shape[axis]!);
    const filters = layout.leavesEdges && isEdge ? [] : pipeline;
    if (bytes * GREATEST_RATIO < chunkBytes) throw new DatasetFault(`a chunk of ${chunkBytes} bytes has ${bytes}`);
    const stored = new Uint8Array(view.buffer, address, bytes);
    copyChunk(unfilter(stored, filters, skipped, chunkBytes), place, dataset, elements);
  }
  if (totalBytes > 0 && seen.size < chunkCount) {
    throw new DatasetFault(`${chunkCount - seen.size} of its ${chunkCount} chunks were never written`);
  }
  return elements;
}

function searchIn(view: DataView, { layout, pipeline, shape, greatestShape, width }: ChunkedDataset): ChunkSearch {
  const { chunk } = layout;
  if (chunk.length !== shape.length || chunk.some((extent) => extent === 0)) {
    throw new DatasetFault(`it has the shape [${shape.join(", ")}], its chunks [${chunk.join(", ")}]`);
  }
  const gridOf = (extents: readonly number[]) => extents.map((extent, axis) => Math.ceil(extent / chunk[axis]!));
  return {
    view,
    layout,
    grid: gridOf(shape),
    greatestGrid: gridOf(greatestShape),
    chunkBytes: product(chunk) * width,
    isFiltered: pipeline.length > 0,
  };
}

function product(extents: readonly number[]): number {
  return extents.reduce((size, extent) => size * extent, 1);
}

/** The row-major number of a place in a grid; undefined outside of it. */
function numberIn(grid: readonly number[], place: readonly number[]): number | undefined {
  let number = 0;
  for (const [axis, at] of place.entries()) {
    if (!Number.isInteger(at) || at >= grid[axis]!) return undefined;
    number = number * grid[axis]! + at;
  }
  return number;
}

/** Copies what of a chunk lies within the dataset, a run of the last axis at a time. */
function copyChunk(
  from: Uint8Array,
  place: readonly number[],
  { layout: { chunk }, shape, width }: ChunkedDataset,
  to: Uint8Array,
): void {
  const starts = place.map((at, axis) => at * chunk[axis]!);
  const extents = chunk.map((extent, axis) => Math.min(extent, shape[axis]! - starts[axis]!));
  const copy = (axis: number, source: number, target: number): void => {
    if (axis === shape.length) {
      to.set(from.subarray(source * width, (source + 1) * width), target * width);
      return;
    }
    const isLast = axis === shape.length - 1;
    const first = target * shape[axis]! + starts[axis]!;
    if (isLast) {
      to.set(
        from.subarray(source * chunk[axis]! * width, (source * chunk[axis]! + extents[axis]!) * width),
        first * width,
      );
      return;
    }
    for (let at = 0; at < extents[axis]!; at++) copy(axis + 1, source * chunk[axis]! + at, first + at);
  };
  copy(0, 0, 0);
}
