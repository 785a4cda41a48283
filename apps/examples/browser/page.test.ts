/** The page of `programs/page` opens the model that `train-classifier.ts` has written; that of `programs/train-page` trains one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright";
import { createServer } from "vite";
import { expect, test } from "vitest";
import { launchOptions } from "../../../vitest.shared.ts";
import { listPrograms } from "../src/program.ts";
import { runProgram } from "../src/run-example.ts";
import { root } from "../src/workspace.ts";

test("what is typed is answered by the model beside the page", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "cellstate-page-"));
  const { exitCode, stderr } = await runProgram(listPrograms().get("train-classifier")!.file, { folder });
  expect(exitCode, stderr).toBe(0);
  await inPage("page", folder, async (page) => {
    await page.locator("output:not(:empty)").waitFor();
    await page.getByLabel("Text").fill("good and funny");
    await page.locator("output", { hasText: "positive" }).waitFor();
    await page.getByLabel("Text").fill("no good");
    await page.locator("output", { hasText: "negative" }).waitFor();
  });
});

test("a model is trained in a page as in Keras, and as in Node", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "cellstate-page-"));
  await inPage("train-page", folder, async (page) => {
    await page.locator("output", { hasText: /^test accuracy 0\.9\d$/ }).waitFor({ timeout: 60_000 });
    expect(await page.locator("progress").getAttribute("max")).toBe("20");
  });
});

/** Serves a page of `programs/`, with the files of `folder` beside it, and drives it; the folder is gone afterwards. */
async function inPage(name: string, folder: string, drive: (page: Page) => Promise<void>): Promise<void> {
  const server = await createServer({
    root: join(root, "apps/examples/programs", name),
    publicDir: folder,
    cacheDir: join(folder, "cache"),
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@cellstate/source"] },
    server: { host: "127.0.0.1", port: 0 },
  });
  await server.listen();
  const browser = await chromium.launch(launchOptions);
  try {
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls!.local[0]!);
    await drive(page);
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
