/** Tests that run in a page: a model that the command line has trained gives there what it gives here, and the pages that it writes have no fault. */
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { inPage, launchOptions, shared } from "../../vitest.shared.ts";
import { auditPage } from "./browser/audit-page.ts";
import { typeIntoPage } from "./browser/type-into-page.ts";

const settings = inPage(playwright({ launchOptions }));

export default defineConfig({
  ...shared,
  test: {
    ...settings,
    browser: { ...settings.browser, commands: { auditPage, typeIntoPage } },
    globalSetup: ["browser/trained-models.ts"],
  },
});
