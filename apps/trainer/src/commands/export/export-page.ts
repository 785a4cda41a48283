/** What `cellstate export --format html` does: writes a classifier as a page that runs it by itself. */
import { existsSync, readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { type FileContents, MODEL_CONFIG_FILE, type Plan, type Task, WEIGHTS_FILE } from "@cellstate/tasks";
import { unsharedKernels } from "@cellstate/tensor";
import { renderClassifierPage } from "../../classifier-page/classifier-page.ts";
import { checkOutputOption, writeOutputOption } from "../../command-line/output-option.ts";
import { findModel, withModel } from "../../command-line/with-model.ts";
import { UsageError } from "../../errors.ts";
import { cardScores } from "../../model-card/card-scores.ts";
import { MODEL_CARD_FILE } from "../../model-card/model-card.ts";
import { formatScore, formatWhole } from "../../terminal/format.ts";
import { print, printJson } from "../../terminal/print.ts";
import type { ExportOptions } from "../export.ts";

/** Written by the build: the page's script with all that it imports, in Brotli, since it is large. */
const SCRIPT = new URL("../../../dist/classifier-page/script.js.br", import.meta.url);

export async function exportPage(
  run: string,
  { output, json, plugin }: ExportOptions,
  tasks: readonly Task[] | undefined,
): Promise<void> {
  await checkOutputOption(output);
  const found = await findModel(run, tasks, {}, plugin);
  const { config, files, plan, task } = found;
  const name = typeof config.name === "string" ? config.name : task.name;
  const text = await withModel(found, { threads: 1 }, async ({ model, pipeline }) => {
    if (model.explainFault !== undefined) throw new UsageError(`--format html: ${model.explainFault}`);
    if (model.network?.kind !== "classifier" || model.explain === undefined) {
      throw new UsageError(
        `--format html: ${run} is a model of the task ${task.name}, and such pages hold classifiers of texts`,
      );
    }
    if (pluginsOf(config).length > 0) {
      throw new UsageError(
        `--format html: ${run} needs the code of ${pluginsOf(config).join(", ")}, which a page does not have`,
      );
    }
    const { labels } = model.network;
    const parameters = [...model.parameters().values()].reduce((sum, { size }) => sum + size, 0);
    return renderClassifierPage({
      name,
      purpose: task.card?.purpose ?? "",
      limits: task.card?.limits ?? [],
      facts: {
        Labels: labels.join(", "),
        ...scoreFacts(files, plan),
        Parameters: formatWhole(parameters),
        "Made with": "Cellstate",
      },
      files: new Map([
        ...pipeline.save(),
        ...[MODEL_CONFIG_FILE, WEIGHTS_FILE].map((file) => [file, files.get(file)!] as const),
      ]),
      kernels: await unsharedKernels(),
      script: pageScript(),
    });
  });
  await writeOutputOption(output, (sink) => sink(text));
  const sizeBytes = Buffer.byteLength(text);
  if (json === true) printJson({ task: task.name, files: [{ file: output, sizeBytes }] });
  else print(`wrote ${output} (${(sizeBytes / 1e6).toFixed(2)} MB); it opens in a browser, and needs no network\n`);
}

function pluginsOf(config: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(config.plugins) ? config.plugins.map(String) : [];
}

/** What the model's card says of its scores, the one that it was chosen by first, and on what. */
function scoreFacts(files: FileContents, { metrics, selection }: Plan): Readonly<Record<string, string>> {
  const card = files.get(MODEL_CARD_FILE);
  const scored = card && cardScores(new TextDecoder().decode(card));
  if (scored === undefined) return {};
  const scores = [selection, ...metrics.filter(({ name }) => name !== selection.name)].flatMap(({ name, unit }) => {
    const value = scored.values[name];
    return value === undefined ? [] : [`${name} ${formatScore(value, unit)}`];
  });
  return scores.length === 0 ? {} : { Score: `${scores.join(", ")} on ${scored.split} of ${scored.dataset}` };
}

function pageScript(): string {
  if (!existsSync(SCRIPT))
    throw new UsageError("--format html: the page's script is not built; run `pnpm build` first");
  return brotliDecompressSync(readFileSync(SCRIPT)).toString();
}
