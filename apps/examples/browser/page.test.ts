/** The page of `programs/page` opens the model that `train-classifier.ts` has written and answers what is typed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright";
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
  const server = await createServer({
    root: join(root, "apps/examples/programs/page"),
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
    await page.locator("output:not(:empty)").waitFor();
    await page.getByLabel("Text").fill("good and funny");
    await page.locator("output", { hasText: "positive" }).waitFor();
    await page.getByLabel("Text").fill("no good");
    await page.locator("output", { hasText: "negative" }).waitFor();
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
