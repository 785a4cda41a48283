/** Files of a finished run, one changed at a time: lock, result, metrics, manifest, config. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ConfigLock, readLock, readMetrics, readResult, runCli, runPaths } from "cellstate";
import { byteMutators } from "../mutate/bytes.ts";
import { textMutators } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import { contradict, type Mutator, mustHold, type Target } from "../target.ts";
import { contentsMutator, readOneFile, writeOneFile } from "./one-file.ts";
import { sameValues } from "./same-values.ts";
import { filesIn, tinyRun } from "./tiny-runs.ts";

const FILES = ["config.lock.json", "result.json", "metrics.jsonl", "manifest.json", "config.yaml"];
const [changeTree] = treeMutators();
const MUTATORS: readonly Mutator[] = [
  ...Array.from({ length: 10 }, () => changeTree!),
  ...textMutators,
  ...byteMutators,
];

/** What a lock says only of where the run was made. */
const DESCRIPTIVE = new Set(
  "numericsVersion arithmetic cellstate node unicode segmenter backend threads processor operatingSystem git seals".split(
    " ",
  ),
);

export const run: Target = {
  name: "run",
  about: "files of a finished run, one changed at a time",
  extension: "bin",
  async open(folder) {
    const path = await tinyRun(folder, "sentiment");
    const whole = filesIn(path);
    const original = readLock(runPaths(path).lock);
    return {
      seeds: FILES.map((name) => writeOneFile({ words: [name], contents: whole.get(name)! })),
      mutators: [contentsMutator(() => MUTATORS)],
      async check(input) {
        const { words, contents } = readOneFile(input);
        const name = FILES.includes(words[0]!) ? words[0]! : FILES[0]!;
        const file = join(path, name);
        rmSync(file);
        writeFileSync(file, contents);
        try {
          await readAll(path, original, Buffer.compare(contents, whole.get(name)!) === 0);
        } finally {
          writeFileSync(file, whole.get(name)!);
        }
      },
    };
  },
};

async function readAll(folder: string, original: ConfigLock, isWhole: boolean): Promise<void> {
  const paths = runPaths(folder);
  const lock = readLock(paths.lock);
  mustHold(sameValues(decisive(lock), decisive(original)), "the lock is altered, and accepted");
  const result = await readResult(paths.result);
  mustHold(result === undefined || Number.isFinite(result.trainSeconds), "a result without numbers");
  for (const { step } of readMetrics(paths.metrics)) mustHold(Number.isInteger(step), `a line of step ${step}`);
  await runCli(["runs", "show", folder]);
  await runCli(["train", "--resume", folder, "--quiet"]); // it is finished, which this says
  await runCli(["verify", folder]);
  if (!isWhole) contradict("verify finds nothing, although a file of the run differs");
}

/** What a lock says of that which is trained. */
function decisive(lock: ConfigLock): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(lock).filter(([key]) => !DESCRIPTIVE.has(key)));
}
