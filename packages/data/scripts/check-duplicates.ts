/**
 * Lists texts that are almost the same in two splits of a bundled dataset, and exits with 1 if there are any.
 *
 *   node --conditions=@cellstate/source packages/data/scripts/check-duplicates.ts [name...]
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNearDuplicates, type PlacedText } from "../src/index.ts";
import { loadDataset } from "../src/node/index.ts";

const datasetsDir = join(dirname(fileURLToPath(import.meta.url)), "../../../datasets");
const named = process.argv.slice(2);
let total = 0;
for (const name of named.length > 0 ? named : ["reviews", "reviews-zh"]) {
  const fields = { text: { kind: "text" } } as const;
  const { train, evaluated } = await loadDataset({ dataset: name, seed: 0 }, fields, {
    datasetsDir,
    configDir: datasetsDir,
  });
  const splits: Record<string, PlacedText[]> = {};
  for (const [split, records] of Object.entries({ train, ...evaluated })) {
    splits[split] = [];
    for await (const { values, file, line } of records)
      splits[split].push({ text: values.text, place: `${file}:${line}` });
  }
  const duplicates = findNearDuplicates(splits);
  total += duplicates.length;
  console.log(`${name}: ${duplicates.length} near-duplicates`);
  for (const { first, second, similarity } of duplicates) {
    console.log(`${similarity.toFixed(2)}\n  ${first.place}\t${first.text}\n  ${second.place}\t${second.text}`);
  }
}
process.exitCode = total > 0 ? 1 : 0;
