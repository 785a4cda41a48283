/** `report.html`: one self-contained page that shows how a run went and how to repeat it. */
import type { Plan } from "@cellstate/tasks";
import type { ConfigLock } from "../run/config-lock.ts";
import type { MetricsLine } from "../run/metrics-log.ts";
import type { RunResult } from "../run/result.ts";
import { formatDuration, formatWhole } from "../terminal/format.ts";
import { html } from "./html.ts";
import { cutText, FILE_LENGTH } from "./limits.ts";
import { pageOf } from "./page.ts";
import { drawSections, type ShownSection, scoreTable } from "./sections.ts";
import { trainingCurves } from "./training-curves.ts";

export interface ReportInput {
  readonly result: RunResult;
  readonly plan: Plan;
  readonly lock: ConfigLock;
  /** `config.yaml` as given. */
  readonly configText: string;
  readonly log: readonly MetricsLine[];
  /** What the task has to show of its splits. */
  readonly sections: readonly ShownSection[];
}

/** The page's text, of less than 2 MB whatever the data. Nothing in it comes from elsewhere, and no text of the data is taken for markup. */
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
  const body = html`<header><h1>${result.name}</h1>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></header>
<main>
<section><h2>Scores</h2>${scoreTable(result, input.plan)}</section>
<section><h2>Curves</h2>${trainingCurves(input.log, input.plan)}</section>
${drawSections(input.sections)}
<section><h2>How to repeat it</h2>
<p>The same config, data and seed give the same weights, to the byte, on every machine:</p>
<pre>${lock.options.command}</pre>
<p>Its <code>result.json</code> must then say <code>weightsSha256</code> ${result.weightsSha256}.</p>
<h3>Config as given</h3><pre>${cutText(configText, FILE_LENGTH)}</pre>
<h3>Resolved config, data and versions</h3><details><summary>config.lock.json</summary><pre>${cutText(JSON.stringify(lock, null, 2), FILE_LENGTH)}</pre></details>
</section>
</main>`;
  return pageOf(`${result.name}: report of a run`, body);
}
