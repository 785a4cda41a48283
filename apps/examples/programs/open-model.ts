/** Opens the model folder of a run (`<run>/model`, here `./model`) and answers a stream of lines, each as it comes. */
import { readdir, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { openModel } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";

const folder = process.argv[2] ?? "model";
const names = await readdir(folder);
const files = new Map(
  await Promise.all(names.map(async (name) => [name, await readFile(`${folder}/${name}`)] as const)),
);

const session = await createSession();
const model = await openModel(files, session); // compares every file with manifest.json first
const lines = createInterface({ input: process.stdin }); // any list or stream of texts will do
for await (const { index, text, prediction } of model.predict(lines)) {
  console.log(`${index} ${prediction}: ${text}`);
}
await session.dispose();

/* prints, with the model of train-classifier.ts and the input "a warm evening\ndull\n":
0 positive: a warm evening
1 negative: dull
*/
