/** From the examples of a batch back to the records that they were made of. */
import type { DataRecord, Records } from "@cellstate/data";
import type { Encoded, Pipeline, TaskBatch } from "@cellstate/tasks";

/** A record and its example's number in the split. */
export interface PlacedRecord {
  readonly place: number;
  /** Its batch within the step, from 1; undefined where the step has one. */
  readonly batch?: number;
  readonly record: DataRecord;
}

/** The training records of a step's batches, one batch after the other; none where examples are made of several records. */
export async function batchRecords(
  pipeline: Pick<Pipeline, "encode" | "cutsSeries">,
  train: Records,
  batches: readonly TaskBatch[],
): Promise<readonly PlacedRecord[]> {
  if (pipeline.cutsSeries) return [];
  const places = batches.flatMap((batch) => [...batch.places]);
  const byPlace = new Map((await recordsAt(pipeline, train, places)).map((placed) => [placed.place, placed]));
  return batches.flatMap((batch, index) =>
    [...batch.places].flatMap((place) => {
      const found = byPlace.get(place);
      if (found === undefined) return [];
      return [batches.length === 1 ? found : { ...found, batch: index + 1 }];
    }),
  );
}

/**
 * The training records at some places, in the order of the places.
 *
 * Encoding goes through the records once more, since it may have left some out and only it knows which.
 *
 * @param places  numbers of examples, as a batch has them
 */
async function recordsAt(
  pipeline: Pick<Pipeline, "encode" | "cutsSeries">,
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
    writer: {
      add() {
        if (wanted.includes(place)) found.set(place, current!);
        place += 1;
      },
      finish: () => nothing,
    },
  });
  return wanted.flatMap((one) => {
    const record = found.get(one);
    return record === undefined ? [] : [{ place: one, record }];
  });
}
