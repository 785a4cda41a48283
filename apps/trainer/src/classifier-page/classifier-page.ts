/** The page that holds a classifier: its files, the code that runs them, and the kernels, in one file that loads nothing. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { html, SafeHtml } from "../report/html.ts";
import { CLASSIFIER_STYLES } from "./styles.ts";

/** What the page is made of. */
export interface ClassifierPage {
  readonly name: string;
  /** What such models do, in a sentence. */
  readonly purpose: string;
  /** What they cannot do, in sentences. */
  readonly limits: readonly string[];
  /** What is known of the model, such as its score, by what it is called. */
  readonly facts: Readonly<Record<string, string>>;
  /** The files that it is opened from, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The builds of the kernels without threads, as base64. */
  readonly kernels: Readonly<Record<"relaxed" | "emulating", string>>;
  /** The bundled script. */
  readonly script: string;
}

/** The text of the page. Its policy lets its own script and style act and nothing be loaded or sent. */
export function renderClassifierPage({ name, purpose, limits, facts, files, kernels, script }: ClassifierPage): string {
  if (/<\/script|<!--/i.test(script)) throw new Error("internal: the page's script would end its element");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}' 'wasm-unsafe-eval'`,
    `style-src '${hashOf(CLASSIFIER_STYLES)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${name}</title>
<style>${new SafeHtml(CLASSIFIER_STYLES)}</style>
</head>
<body>
<header>
<h1>${name}</h1>
<p class="soft">${purpose}</p>
</header>
<main>
<label for="text">Text</label>
<textarea id="text" rows="3" placeholder="Type or paste a text" spellcheck="false" autocomplete="off" autofocus aria-describedby="stays"></textarea>
<div class="between small soft"><p id="stays">The model runs in this page. Nothing that you type leaves it.</p><p id="time"></p></div>
<p id="status" role="status"></p>
<div id="results" hidden>
<section aria-labelledby="bars-title">
<h2 id="bars-title">Probability of each label</h2>
<ul id="bars"></ul>
<p id="rest" class="small soft"></p>
</section>
<section aria-labelledby="words-title">
<h2 id="words-title">Words that count</h2>
<p id="marked" dir="auto"></p>
<p class="legend small soft"><span><mark class="for">speaks for</mark> <span class="of-answer"></span></span><span><mark class="against">speaks against</mark> <span class="of-answer"></span></span></p>
<details class="small">
<summary>What each word counts</summary>
<p class="soft">How much the logarithm of the label's probability falls when the text is read without the word. It says what this model does, not why a text is as it is.</p>
<table><thead><tr><th scope="col">Word</th><th scope="col" class="number">Nats</th></tr></thead><tbody id="scores"></tbody></table>
</details>
</section>
</div>
</main>
<footer>
<dl>
${Object.entries(facts).map(([title, fact]) => html`<dt>${title}</dt><dd>${fact}</dd>\n`)}</dl>
${limits.length > 0 && html`<details class="small"><summary>What it cannot do</summary><ul class="limits">${limits.map((limit) => html`<li>${limit}</li>`)}</ul></details>`}
</footer>
${[...files].map(([file, bytes]) => html`<script type="application/octet-stream" data-file="${file}">${base64Of(bytes)}</script>\n`)}
${Object.entries(kernels).map(([build, text]) => html`<script type="application/octet-stream" id="kernels-${build}">${text}</script>\n`)}
<script>${new SafeHtml(script)}</script>
</body>
</html>
`.text;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function base64Of(bytes: Uint8Array): SafeHtml {
  return new SafeHtml(gzipSync(bytes, { level: 9 }).toString("base64"));
}
