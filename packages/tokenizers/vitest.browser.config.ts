/** Tests that run in a page: Chromium as the system has it, nothing downloaded. */
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
