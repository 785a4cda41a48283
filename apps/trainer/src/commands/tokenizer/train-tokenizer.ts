/** Trains a tokenizer on files of texts and writes its `tokenizer.json`. */
import { isPlainMap } from "@cellstate/files";
import { pathId, type TracedValues, validate } from "@cellstate/files/yaml";
import { type TrainingProgress, trainTokenizerAsync } from "@cellstate/tokenizers";
import { tokenizerConfig } from "@cellstate/tokenizers/config";
import { inputFile } from "../../command-line/input-file.ts";
import { streamTexts } from "../../command-line/inputs.ts";
import { checkOutputOption, writeOutputOption } from "../../command-line/output-option.ts";
import { findConfig } from "../../config/find.ts";
import { loadConfig } from "../../config/load.ts";
import { applyOverride } from "../../config/overrides.ts";
import { UsageError } from "../../errors.ts";
import { callerFolder, fromCaller } from "../../paths.ts";
import { formatCount, formatWhole } from "../../terminal/format.ts";
import { print } from "../../terminal/print.ts";
import { createProgress } from "../../terminal/progress.ts";
import type { TrainTokenizerOptions } from "../tokenizer.ts";

/** What `cellstate tokenizer train` does: trains on all texts of the files, in a pipeline as the `tokenizer` section of an experiment describes it. */
export async function trainOnFiles(files: readonly string[], options: TrainTokenizerOptions): Promise<void> {
  const { set, column, output, quiet } = options;
  const config = validate(tokenizerConfig, set.reduce(applyOverride, await baseSection(options)));
  const paths = await Promise.all(files.map((file) => inputFile(file)));
  await checkOutputOption(output);
  const progress = createProgress({ quiet });
  const start = performance.now();
  let texts = 0;
  const tokenizer = await trainTokenizerAsync(config, streamAll(paths, column), {
    onProgress(event) {
      if (event.phase === "counting") texts = event.done;
      progress.tick(() => describeTraining(event));
    },
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  await writeOutputOption(output, (write) => write(tokenizer.stringify()));
  progress.end();
  progress.line(`${formatWhole(tokenizer.vocabSize)} tokens from ${formatWhole(texts)} texts in ${seconds} s`);
  print(`${fromCaller(output)}
`);
}

/** What `--set` changes: the section of an experiment, or the defaults of a kind. */
async function baseSection({ kind, config }: TrainTokenizerOptions): Promise<TracedValues> {
  if (config === undefined) return { values: { kind: kind ?? "bpe" }, origins: new Map([[pathId([]), "--kind"]]) };
  if (kind !== undefined) throw new UsageError("give --kind or --config, not both");
  const folder = callerFolder();
  const file = findConfig(config, folder);
  const { tokenizer } = (await loadConfig({ file, folder })).experiment;
  if (!isPlainMap(tokenizer) || tokenizer.kind === undefined || tokenizer.kind === "file") {
    const what = isPlainMap(tokenizer) && tokenizer.kind === "file" ? "one from a file" : "one for each side";
    throw new UsageError(`${file}: its tokenizer section has ${what}; name the options with --kind and --set`);
  }
  return { values: tokenizer, origins: new Map([[pathId([]), file]]) };
}

async function* streamAll(paths: readonly string[], column: string): AsyncGenerator<string, void, undefined> {
  for (const path of paths) yield* streamTexts(path, column);
}

function describeTraining({ phase, done, total }: TrainingProgress): string {
  switch (phase) {
    case "counting":
      return `reading  ${formatCount(done)} texts`;
    case "merging":
      return `merging  ${formatWhole(done)} of ${formatWhole(total ?? done)} tokens`;
    case "seeding":
      return "looking for frequent parts of words";
    case "pruning":
      return `pruning  ${formatCount(done)} of ${formatCount(total ?? done)} tokens`;
    default:
      return phase satisfies never;
  }
}
