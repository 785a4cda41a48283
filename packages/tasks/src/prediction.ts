/** Prediction in batches of similar size whose answers come back in the given order: of a list, or of a stream in flat memory. */

import { evaluationBatches } from "@cellstate/data";
import type { Session } from "@cellstate/tensor";

/** What predicts, with the size of an example: what padding is saved on. */
export interface BatchPredictor<Example, Prediction> {
  readonly session: Session;
  size(example: Example): number;
  predictBatch(examples: readonly Example[]): readonly Prediction[] | Promise<readonly Prediction[]>;
}

/** An answer beside its example. */
export interface Answered<Example, Prediction> {
  readonly example: Example;
  readonly prediction: Prediction;
}

/** Examples computed together; the answers do not depend on it. */
const BATCH_SIZE = 64;
/** Examples of a stream that are sorted by size together, and held in memory at once. */
const WINDOW = 256;
/** Microtasks that an item that is there may take to arrive. */
const MICROTASKS = 32;
/** Milliseconds of work after which the event loop is let in, so that signals arrive. */
const BREATH_MS = 50;

/**
 * The answers to all examples, in their order.
 *
 * @param onProgress  told after each batch of how many there are
 */
export async function predictAll<Example, Prediction>(
  predictor: BatchPredictor<Example, Prediction>,
  examples: readonly Example[],
  onProgress?: (done: number) => void,
): Promise<Prediction[]> {
  const answers = new Array<Prediction>(examples.length);
  if (examples.length === 0) return answers;
  const breathe = breather();
  let done = 0;
  const sizes = examples.map((example) => predictor.size(example));
  for (const indices of evaluationBatches(sizes, { batchSize: BATCH_SIZE })) {
    await breathe();
    const batch = await predictOne(
      predictor,
      indices.map((index) => examples[index]!),
    );
    indices.forEach((index, row) => {
      answers[index] = batch[row]!;
    });
    done += indices.length;
    onProgress?.(done);
  }
  return answers;
}

/** The answers to examples as they come, in their order; whoever waits for more has the answers to those that came. */
export async function* predictStream<Example, Prediction>(
  predictor: BatchPredictor<Example, Prediction>,
  examples: AsyncIterable<Example>,
): AsyncGenerator<Answered<Example, Prediction>, void, undefined> {
  for await (const window of windowsOf(examples)) {
    const predictions = await predictAll(predictor, window);
    for (const [index, example] of window.entries()) yield { example, prediction: predictions[index]! };
  }
}

async function predictOne<Example, Prediction>(
  { session, predictBatch }: BatchPredictor<Example, Prediction>,
  batch: readonly Example[],
): Promise<readonly Prediction[]> {
  using _ = session.noGrad();
  using _scope = session.scope();
  return await predictBatch(batch);
}

/** Cuts a stream where it pauses, where a window is full, and where it fails: what came before an error is handed out first. */
async function* windowsOf<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[], void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  let window: Item[] = [];
  let isAsked = false;
  try {
    for (;;) {
      const next = iterator.next();
      isAsked = true;
      if (window.length > 0 && !(await isSettledSoon(next))) {
        yield window;
        window = [];
      }
      const result = await next.catch((error: unknown) => ({ error }));
      if ("error" in result || result.done) {
        if (window.length > 0) yield window;
        if ("error" in result) throw result.error;
        return;
      }
      isAsked = false;
      window.push(result.value);
      if (window.length === WINDOW) {
        yield window;
        window = [];
      }
    }
  } finally {
    const closed = iterator.return?.();
    // A source that was asked closes after its next item, which may never come: whoever stops here does not wait for it.
    if (isAsked) closed?.catch(() => {});
    else await closed;
  }
}

/** Whether a promise is settled before the event loop has turned once; a failure is left to whoever awaits the promise. */
async function isSettledSoon(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  // What is in memory already takes a few microtasks to come through the generators; a timer for each would be slow.
  for (let turn = 0; turn < MICROTASKS && !settled; turn++) await undefined;
  if (!settled) await eventLoop();
  return settled;
}

/** What lets the event loop in where work has gone on for a while since it last did. */
export function breather(): () => Promise<void> {
  let worked = performance.now();
  return async () => {
    if (performance.now() - worked <= BREATH_MS) return;
    await eventLoop();
    worked = performance.now();
  };
}

/** Lets pending events in. */
function eventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
