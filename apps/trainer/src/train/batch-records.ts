/** From the examples of a batch back to the records that they were made of. */
import type { DataRecord, Records } from "@cellstate/data";
import type { Encoded, Pipeline } from "@cellstate/tasks";

/** A record and its example's number in the split. */
export interface PlacedRecord {
  readonly place: number;
  readonly record: DataRecord;
}

/**
 * The training records at some places, in the order of the places.
 *
 * Encoding goes through the records once more, since it may have left some out and only it knows which.
 *
 * @param places  numbers of examples, as a batch has them
 */
export async function recordsAt(
  pipeline: Pick<Pipeline, "encode">,
  train: Records,
  places: ArrayLike<number>,
): Promise<readonly PlacedRecord[]> {
  const wanted = Array.from(places);
  const found = new Map<number, DataRecord>();
  let current: DataRecord | undefined;
  let place = 0;
  async function* walk(): AsyncGenerator<DataRecord> {
    for await (const record of train) {
      if (found.size === new Set(wanted).size) return;
      current = record;
      yield record;
    }
  }
  const nothing: Encoded = { length: 0, totalSize: 0 };
  await pipeline.encode(walk(), "train", {
    add() {
      if (wanted.includes(place)) found.set(place, current!);
      place += 1;
    },
    finish: () => nothing,
  });
  return wanted.flatMap((one) => {
    const record = found.get(one);
    return record === undefined ? [] : [{ place: one, record }];
  });
}
