/** All of the training text in a row, from what a text begins from. */
import { permutation } from "@cellstate/data";
import type { TextExample } from "./segments.ts";
import type { TextOfEpoch } from "./streams.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** The same in each epoch, or with lines that are texts of their own in another order each time. */
export async function trainingText(
  train: AsyncIterable<TextExample>,
  { isByLine, startId }: Pick<Vocabulary, "isByLine" | "startId">,
  seed: number,
): Promise<TextOfEpoch> {
  const pieces: Int32Array[] = [];
  for await (const { ids, context } of train) pieces.push(ids.subarray(1 + context));
  const inOrder = () => join(startId, pieces);
  if (!isByLine) {
    const text = inOrder();
    return () => text;
  }
  return (epoch) => {
    const order = permutation(pieces.length, seed, `lines/${epoch}`);
    return join(
      startId,
      Array.from(order, (place) => pieces[place]!),
    );
  };
}

function join(startId: number, pieces: readonly Int32Array[]): Int32Array {
  const text = new Int32Array(1 + pieces.reduce((sum, { length }) => sum + length, 0));
  text[0] = startId;
  let at = 1;
  for (const piece of pieces) {
    text.set(piece, at);
    at += piece.length;
  }
  return text;
}
