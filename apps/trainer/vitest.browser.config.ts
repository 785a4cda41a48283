/** Tests that run in a page: a model that the command line has trained gives there what it gives here. */
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// Root, as in containers, has no sandbox.
const launchOptions = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] };

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ["browser/**/*.test.ts"],
    globalSetup: ["browser/trained-models.ts"],
    outputFile: { json: ".vitest/browser-results.json" },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions }),
      instances: [{ browser: "chromium" }],
    },
  },
});
