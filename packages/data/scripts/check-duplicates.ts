/**
 * Lists texts that are almost the same in two splits of a bundled dataset, and exits with 1 if there are any.
 *
 *   node --conditions=@cellstate/source packages/data/scripts/check-duplicates.ts [name...]
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNearDuplicates, isTextRecord, loadDataset, type PlacedText } from "../src/index.ts";

const datasetsDir = join(dirname(fileURLToPath(import.meta.url)), "../../../datasets");
const named = process.argv.slice(2);
let total = 0;
for (const name of named.length > 0 ? named : ["reviews", "reviews-zh"]) {
  const dataset = await loadDataset({ dataset: name, seed: 0 }, { datasetsDir, configDir: datasetsDir });
  const splits: Record<string, PlacedText[]> = {};
  for (const [split, records] of Object.entries(dataset.splits)) {
    splits[split] = records.map((record) => ({
      text: isTextRecord(record) ? record.text : record.source,
      place: `${record.file}:${record.line}`,
    }));
  }
  const duplicates = findNearDuplicates(splits);
  total += duplicates.length;
  console.log(`${name}: ${duplicates.length} near-duplicates`);
  for (const { first, second, similarity } of duplicates) {
    console.log(`${similarity.toFixed(2)}\n  ${first.place}\t${first.text}\n  ${second.place}\t${second.text}`);
  }
}
process.exitCode = total > 0 ? 1 : 0;
