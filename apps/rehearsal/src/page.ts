/** A page that a bundler makes of `@cellstate/tasks`: it opens a trained model in a browser and predicts. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { build, preview } from "vite";
import { sizeOf } from "./consumer.ts";

const source = fileURLToPath(new URL("../project/page", import.meta.url));

/** What came of the page. */
export interface PageOutcome {
  /** The answer as JSON. */
  readonly answer: string;
  /** Of what the bundler wrote, without the model. */
  readonly bytes: number;
}

/**
 * Bundles, serves and opens the page in a project that has the packages installed.
 *
 * @throws {Error} if the bundler warns, or the page fails
 */
export async function openPage(project: string, modelFolder: string, text: string): Promise<PageOutcome> {
  const folder = join(project, "page");
  cpSync(source, folder, { recursive: true });
  const warnings: string[] = [];
  await build({
    root: folder,
    configFile: false,
    logLevel: "silent",
    build: { rolldownOptions: { onwarn: ({ message }) => void warnings.push(message) } },
  });
  if (warnings.length > 0) throw new Error(`the bundler warns: ${warnings.join("; ")}`);
  const bytes = sizeOf(join(folder, "dist"));
  const model = join(folder, "dist/model");
  mkdirSync(model);
  const names = readdirSync(modelFolder, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of names) cpSync(join(modelFolder, name), join(model, name));
  writeFileSync(join(model, "list.json"), JSON.stringify(names.map(({ name }) => name)));

  const server = await preview({
    root: folder,
    configFile: false,
    logLevel: "silent",
    preview: { host: "127.0.0.1", port: 0 },
  });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    const address = server.httpServer.address();
    if (address === null || typeof address === "string") throw new Error("the page's server has no port");
    await page.goto(`http://127.0.0.1:${address.port}/?text=${encodeURIComponent(text)}`);
    const answer = page.locator("output");
    await answer
      .filter({ hasText: /./ })
      .waitFor({ timeout: 60_000 })
      .catch(() => {
        throw new Error(`the page gave no answer: ${faults.join("; ") || "no error either"}`);
      });
    return { answer: (await answer.textContent()) ?? "", bytes };
  } finally {
    await browser.close();
    await server.close();
  }
}
