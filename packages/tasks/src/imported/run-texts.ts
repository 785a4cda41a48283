/** From the ids of texts to the outputs of a network that another framework trained. */
import type { TextExample } from "../classify/data.ts";
import type { Outputs } from "./answers/answers.ts";
import type { ImportedInputConfig } from "./config.ts";
import { type FilledRow, fillRow } from "./fill-ids.ts";

/** What a network gives for rows of ids of one length: its outputs, one list for each row. */
export type RunRows = (rows: readonly FilledRow[]) => Promise<readonly Outputs[]>;

/** Outputs in the order of the texts. Without a common length each text goes by itself, so that none is padded for another. */
export async function runTexts(
  run: RunRows,
  examples: readonly TextExample[],
  input: ImportedInputConfig,
): Promise<Outputs[]> {
  const rows = examples.map(({ ids }) => fillRow(ids, input));
  const batches = input.maxLength === undefined ? rows.map((row) => [row]) : [rows];
  const outputs: Outputs[] = [];
  for (const batch of batches) outputs.push(...(await run(batch)));
  return outputs;
}
