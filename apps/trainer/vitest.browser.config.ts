/** Tests that run in a page: a model that the command line has trained gives there what it gives here. */
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { inPage, launchOptions, shared } from "../../vitest.shared.ts";

export default defineConfig({
  ...shared,
  test: { ...inPage(playwright({ launchOptions })), globalSetup: ["browser/trained-models.ts"] },
});
