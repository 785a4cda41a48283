import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { renderClassifierPage } from "./classifier-page.ts";

const bytes = new Uint8Array([0, 255, 60, 47]);
const made = {
  name: "<b>&",
  purpose: 'Says "x".',
  limits: ["<i>"],
  facts: { Labels: "a</dd>, b" },
  files: new Map([["labels.json", bytes]]),
  kernels: { relaxed: "UkVM", emulating: "RU1V" },
  script: "document.title;",
};
const elementOf = (page: string, tag: string) => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)![1]!;
const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

test("what a model says is escaped, and files stand in the page as they are", () => {
  const page = renderClassifierPage(made);
  expect(page).toContain("<h1>&lt;b&gt;&amp;</h1>");
  expect(page).toContain("<dt>Labels</dt><dd>a&lt;/dd&gt;, b</dd>");
  expect(page).not.toContain("<i>");
  const base64 = /data-file="labels\.json">([^<]*)</.exec(page)![1]!;
  expect(new Uint8Array(gunzipSync(Buffer.from(base64, "base64")))).toEqual(bytes);
  expect(page).toContain('id="kernels-relaxed">UkVM<');
});

test("its policy knows its own script and style by their hashes, and lets nothing be loaded", () => {
  const page = renderClassifierPage(made);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!.replaceAll("&#39;", "'");
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    `script-src ${hashOf(elementOf(page, "script"))} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(elementOf(page, "style"))}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(elementOf(page, "script")).toBe(made.script);
  expect(page).not.toMatch(/(src|href)="(?!data:)/);
});

test("a script that would end its element is refused", () => {
  expect(() => renderClassifierPage({ ...made, script: "'</script>'" })).toThrow("would end its element");
});
