/** Bundles: the script of the report's pages, its functions of d3, the questions of `init`, and the script of pages that hold a classifier. */
import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";

const D3_NOTICE = `/*! With parts of d3-array, d3-format, d3-path and d3-shape. Copyright 2010-2026 Mike Bostock

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the
above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY
DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION,
ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE. */
`;

const CLACK_NOTICE = `/*! With @clack/prompts and @clack/core, copyright 2025 Bombshell contributors; fast-string-width, fast-string-truncated-width and
fast-wrap-ansi, copyright 2024 Fabio Spampinato; and sisteransi, copyright 2018 Terkel Gjervig Nielsen.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions of
the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE. */
`;

/** Modules of `dist` that take the code of libraries in, and the notice of its licence. */
export const BUNDLED: Readonly<Record<string, string>> = {
  "report/d3.js": D3_NOTICE,
  "terminal/prompts.js": CLACK_NOTICE,
};

/** The module of TypeScript that holds the script of pages, made of `src/report/page`. */
export async function pageScriptModule(): Promise<string> {
  const code = await bundle(fileURLToPath(new URL("../src/report/page/main.ts", import.meta.url)), "iife", D3_NOTICE);
  if (/<\/script|<!--/i.test(code)) throw new Error("the page's script would end its element");
  return `/** Written by \`pnpm page-script\` from \`src/report/page\`. */\nexport const PAGE_SCRIPT: string = ${JSON.stringify(code)};\n`;
}

/** A module with all that it imports but for Node's own modules, minified, behind the notice of a licence. */
export async function bundle(input: string, format: "esm" | "iife", notice: string): Promise<string> {
  await using build = await rolldown({ input, platform: format === "esm" ? "node" : "neutral" });
  const { output } = await build.generate({ format, minify: true });
  return `${notice}${output[0].code.trim()}\n`;
}

const ZOD_NOTICE = `/*! With zod. Copyright 2025 Colin McDonnell. MIT licence: permission is hereby granted, free of charge, to any person obtaining a copy
of this software, to deal in it without restriction, provided that this notice appears in all copies. It is provided "as is", without
warranty of any kind. */
`;

/**
 * The script of a page that holds a classifier, with the code of the packages that it needs.
 *
 * @param input       its main module
 * @param conditions  by which packages are found. Default: as they are built
 */
export async function classifierPageScript(input: string, conditions: readonly string[] = []): Promise<string> {
  await using build = await rolldown({
    input,
    platform: "browser",
    plugins: [classifiersAlone],
    resolve: { conditionNames: [...conditions, "browser", "import", "default"] },
    // A page of one file never shares memory, wherever it is served from: it holds the kernels that do not.
    transform: { define: { "globalThis.crossOriginIsolated": "false" } },
  });
  const { output } = await build.generate({ format: "iife", minify: true, codeSplitting: false });
  const { code } = output[0];
  if (/<\/script|<!--/i.test(code)) throw new Error("the page's script would end its element");
  return `${ZOD_NOTICE}${code.trim()}\n`;
}

/** What a page with a classifier does without: other tasks and backends. The kernels stand in the page once, as elements of their own. */
const WITHOUT: readonly (readonly [path: RegExp, code: (match: RegExpExecArray) => string])[] = [
  [
    /\/backends\/wasm\/(relaxed|emulating)-unshared\.generated\.[jt]s$/,
    ([, build]) => `export const kernels = document.getElementById("kernels-${build}").textContent;`,
  ],
  [/\/backends\/wasm\/(?:relaxed|emulating)\.generated\.[jt]s$/, () => 'export const kernels = "";'],
  [/\/backends\/native\/team\.[jt]s$/, () => "export const startNativeTeam = () => undefined;"],
  [
    /\/backends\/reference\/backend\.[jt]s$/,
    () => 'export const createReferenceBackend = () => { throw new Error("this page has no reference backend"); };',
  ],
  [
    /\/tasks\/(?:src|dist)\/tasks\.([jt]s)$/,
    ([, extension]) => `import { classifierTask } from "./classify/task.${extension}";
export const sentiment = classifierTask("sentiment");
export const classification = classifierTask("classification");
export const tasks = [sentiment, classification];`,
  ],
];

const classifiersAlone: Plugin = {
  name: "classifiers-alone",
  load(id) {
    for (const [path, code] of WITHOUT) {
      const match = path.exec(id.replaceAll("\\", "/"));
      if (match !== null) return code(match);
    }
    return null;
  },
};
