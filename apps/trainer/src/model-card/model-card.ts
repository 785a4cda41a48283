/**
 * `model/README.md`: what a model is, what it was trained on, how good it is, what it cannot do and how to make it again. It depends on
 * what the run depends on and on nothing else, so that a model folder has the same bytes wherever it is made.
 */
import type { DatasetCard } from "@cellstate/data/config";
import type { Baselines, Intervals, Plan, Scores, Task } from "@cellstate/tasks";
import { numericsVersion } from "@cellstate/tensor";
import { scoresBeside } from "../run/result.ts";
import { formatScore, formatWhole } from "../terminal/format.ts";
import { commandFor } from "../terminal/result-table.ts";
import { CELLSTATE_VERSION } from "../version.ts";
import { escapeMarkdown, fenced, markdownTable } from "./markdown.ts";

/** The name that Hugging Face's hub looks for. */
export const MODEL_CARD_FILE = "README.md";

/** What a card says; paths of files are reduced to their names. */
export interface ModelCardInput {
  readonly task: Task;
  readonly plan: Plan;
  /** The resolved config. */
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string; readonly seed: number };
  readonly parameters: number;
  readonly weightsSha256: string;
  readonly data: CardData;
  /** By split. */
  readonly metrics: Readonly<Record<string, Scores>>;
  readonly intervals: Readonly<Record<string, Intervals>>;
  /** What the parts of a joined model score alone. */
  readonly parts?: Baselines | undefined;
  readonly baselines: Baselines;
  /** Of the checkpoint that the run began from. */
  readonly parent?: { readonly step: number; readonly sha256: string } | undefined;
}

/** What the model was trained on. */
interface CardData {
  readonly name: string;
  /** Undefined for own files, of which no card says anything. */
  readonly card: DatasetCard | undefined;
  /** Name of each file to its SHA-256. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Examples by split, train first. */
  readonly examples: Readonly<Record<string, number>>;
}

/** The text of a card. */
export function renderModelCard(input: ModelCardInput): string {
  const { task, config, parameters } = input;
  const purpose = task.card?.purpose ?? `A model of the task ${task.name}.`;
  return [
    frontMatter(input),
    `# ${escapeMarkdown(config.name)}\n`,
    `${purpose} It has ${formatWhole(parameters)} parameters and was trained with Cellstate.\n`,
    `## Use\n`,
    `This folder is all that it needs:\n`,
    fenced("", useOf(task)),
    `## Data\n`,
    dataText(input.data),
    `## Scores\n`,
    scoresText(input),
    `## Limits\n`,
    limitsText(task),
    `## How to make it again\n`,
    repeatText(input),
  ].join("\n");
}

function frontMatter({ task, config, data, metrics, plan }: ModelCardInput): string {
  const scored = Object.keys(metrics).filter((split) => split !== "dev");
  const splits = scored.length > 0 ? scored : Object.keys(metrics);
  const kind = task.card?.pipelineTag ?? task.name;
  const results = splits.map((split) => ({
    task: { type: kind, name: task.name },
    dataset: { type: data.name, name: data.card?.title ?? data.name, split },
    metrics: plan.metrics.flatMap(({ name }) => {
      const value = metrics[split]?.[name];
      return typeof value === "number" ? [{ type: name, name, value }] : [];
    }),
  }));
  const { languages } = data.card ?? {};
  const entries: [string, unknown][] = [
    ["library_name", "cellstate"],
    ...(task.card?.pipelineTag === undefined ? [] : [["pipeline_tag", task.card.pipelineTag] as [string, unknown]]),
    ...(languages === undefined ? [] : [["language", languages] as [string, unknown]]),
    ["tags", ["cellstate", "lstm", task.name]],
    ...(data.card === undefined ? [] : [["datasets", [data.name]] as [string, unknown]]),
    ["metrics", plan.metrics.map(({ name }) => name)],
    ["model-index", [{ name: config.name, results }]],
  ];
  // JSON is YAML, and escapes whatever a text may hold.
  return `---\n${entries.map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join("")}---\n`;
}

function useOf(task: Task): string {
  return `npx cellstate ${commandFor(task)} <this folder> ${task.rows === undefined ? '"..."' : "--input history.csv"}`;
}

function dataText({ name, card, hashes, examples }: CardData): string {
  const sizes = Object.entries(examples).map(([split, count]) => `${split} ${formatWhole(count)}`);
  const files = Object.entries(hashes).map(([file, hash]) => `- ${escapeMarkdown(file)}: SHA-256 \`${hash}\`\n`);
  const about =
    card === undefined
      ? `Own files, called ${escapeMarkdown(name)} here. Nothing is known here of their licence and origin: say it before you publish the model.\n`
      : [
          `**${escapeMarkdown(card.title)}** (${escapeMarkdown(name)}). ${escapeMarkdown(card.description)}\n`,
          `\nLicence: ${escapeMarkdown(card.license)}. Source: ${escapeMarkdown(card.source)}.\n`,
          card.citation === undefined ? "" : `Citation: ${escapeMarkdown(card.citation)}\n`,
        ].join("");
  return `${about}\nExamples: ${sizes.join(", ")}.\n${files.length > 0 ? `\n${files.join("")}` : ""}`;
}

function scoresText({ plan, metrics, intervals, parts, baselines }: ModelCardInput): string {
  const others = scoresBeside({ parts, baselines });
  const rows = Object.entries(metrics).flatMap(([split, scores]) =>
    plan.metrics.flatMap(({ name, unit }) => {
      const score = scores[name];
      if (typeof score !== "number") return [];
      const show = (value: unknown) => (typeof value === "number" ? formatScore(value, unit) : "-");
      const interval = intervals[split]?.[name]?.map(show).join(" to ") ?? "-";
      return [[split, name, show(score), interval, ...others.map(([, scores]) => show(scores[split]?.[name]))]];
    }),
  );
  return [
    markdownTable(["split", "metric", "model", "95 % interval", ...others.map(([title]) => title)], rows),
    `\nThe best weights were chosen by dev ${escapeMarkdown(plan.selection.name)}, so scores of dev flatter. Intervals are of examples drawn again from the split: they say how far`,
    `\nchance in these examples reaches, and nothing of other texts.${aboutOthers(parts, baselines)}\n`,
  ].join("");
}

function aboutOthers(parts: Baselines = {}, baselines: Baselines): string {
  const joined = `The model answers by ${Object.keys(parts).join(" and ")} together; what each scores alone stands beside it.`;
  const rest = Object.keys(parts).length > 0 ? "last" : "other";
  return [
    Object.keys(parts).length > 0 ? ` ${joined}` : "",
    Object.keys(baselines).length > 0 ? ` The ${rest} columns are trivial models.` : "",
  ].join("");
}

function limitsText({ card }: Task): string {
  const limits = card?.limits ?? [];
  const general =
    "What holds for texts like the training data need not hold for others; check it on your own before you rely on it.";
  return [...limits, general].map((limit) => `- ${limit}\n`).join("");
}

function repeatText({ config, weightsSha256, parent }: ModelCardInput): string {
  const begin =
    parent === undefined
      ? "With the config below as `config.yaml`, and its data beside it:\n"
      : `The run began from a checkpoint at step ${parent.step} (SHA-256 \`${parent.sha256}\`), so the config alone does not make it again; \`cellstate reproduce\` does, with the run's folder. The config:\n`;
  return [
    begin,
    ...(parent === undefined ? [fenced("", `npx cellstate train --config config.yaml --seed ${config.seed}`)] : []),
    `The weights then have the SHA-256 \`${weightsSha256}\` on every machine, with Cellstate ${CELLSTATE_VERSION} or any other version of its arithmetic ${numericsVersion} that fits and encodes alike.\n`,
    fenced("yaml", JSON.stringify(config, null, 2)),
  ].join("\n");
}
