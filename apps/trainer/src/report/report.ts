/** `report.html`: one self-contained page that shows how a run went and how to repeat it. */
import type { AttentionMap } from "@cellstate/tasks";
import { formatDuration, formatWhole } from "../progress/format.ts";
import type { ConfigLock } from "../run/config-lock.ts";
import type { MetricsLine } from "../run/metrics-log.ts";
import type { PredictionLine } from "../run/predictions.ts";
import type { RunResult } from "../run/result.ts";
import { html, type SafeHtml } from "./html.ts";
import { attentionTables, confusionTable, curves, scoreTable, translations, wrongExamples } from "./sections.ts";
import { styles } from "./styles.ts";

export interface ReportInput {
  readonly result: RunResult;
  readonly lock: ConfigLock;
  /** `config.yaml` as given. */
  readonly configText: string;
  /** The metric that chose the best weights. */
  readonly selection: string;
  readonly log: readonly MetricsLine[];
  /** Lines of `predictions/<split>.jsonl` by split. */
  readonly predictions: ReadonlyMap<string, readonly PredictionLine[]>;
  /** What the answers to the first examples looked at, by split; for a model with attention. */
  readonly attention: ReadonlyMap<string, readonly AttentionMap[]>;
}

/** The page's text. Nothing in it comes from elsewhere, and no text of the data is taken for markup. */
export function renderReport(input: ReportInput): string {
  const { result, lock, configText } = input;
  const facts: [string, string][] = [
    ["task", result.task],
    ["dataset", result.dataset],
    ["seed", String(result.seed)],
    ["parameters", formatWhole(result.parameters)],
    ["steps", formatWhole(result.steps)],
    ["epochs", String(result.epochs)],
    ["training", formatDuration(result.trainSeconds)],
    ["tokens/s", formatWhole(Math.round(result.tokensPerSecond))],
    ["backend", `${result.backend}, ${result.threads} thread${result.threads === 1 ? "" : "s"}`],
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${result.name}: report of a run</title>
<style>${styles}</style>
</head>
<body>
<header><h1>${result.name}</h1>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>
<main>
<section><h2>Scores</h2>${scoreTable(result)}</section>
<section><h2>Curves</h2>${curves(input.log, input.selection)}</section>
${[...input.predictions].map(([split, lines]) => predictionSection(split, lines))}
${[...input.attention].map(([split, maps]) => maps.length > 0 && html`<section><h2>Attention on ${split}</h2>${attentionTables(maps)}</section>`)}
<section><h2>How to repeat it</h2>
<p>The same config, data and seed give the same weights, to the byte, on every machine:</p>
<pre>${lock.options.command}</pre>
<p>Its <code>result.json</code> must then say <code>weightsSha256</code> ${result.weightsSha256}.</p>
<h3>Config as given</h3><pre>${configText}</pre>
<h3>Resolved config, data and versions</h3><details><summary>config.lock.json</summary><pre>${JSON.stringify(lock, null, 2)}</pre></details>
</section>
</main>
</body>
</html>
`;
  return page.text;
}

function predictionSection(split: string, lines: readonly PredictionLine[]): SafeHtml {
  const translated = lines.some((line) => "source" in line);
  if (translated) return html`<section><h2>Translations of ${split}</h2>${translations(lines)}</section>`;
  return html`<section><h2>Confusion on ${split}</h2>${confusionTable(lines)}</section>
<section><h2>Wrong predictions on ${split}</h2>${wrongExamples(lines)}</section>`;
}
