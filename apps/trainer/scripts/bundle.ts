/** Bundles of what the report takes from d3: the script of its pages, and the functions that draw on this side. */
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const NOTICE = `/*! With parts of d3-array, d3-format, d3-path and d3-shape. Copyright 2010-2026 Mike Bostock

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the
above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY
DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION,
ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE. */
`;

/** The module of TypeScript that holds the script of pages, made of `src/report/page`. */
export async function pageScriptModule(): Promise<string> {
  const code = await bundle(fileURLToPath(new URL("../src/report/page/main.ts", import.meta.url)), "iife");
  if (/<\/script|<!--/i.test(code)) throw new Error("the page's script would end its element");
  return `/** Written by \`pnpm page-script\` from \`src/report/page\`. */\nexport const PAGE_SCRIPT: string = ${JSON.stringify(code)};\n`;
}

/** A module with all that it imports, minified, behind the notice of d3's licence. */
export async function bundle(input: string, format: "esm" | "iife"): Promise<string> {
  await using build = await rolldown({ input, platform: "neutral" });
  const { output } = await build.generate({ format, minify: true });
  return `${NOTICE}${output[0].code.trim()}\n`;
}
