/** Tests that run in a page. */
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { inPage, launchOptions, shared } from "../../vitest.shared.ts";

export default defineConfig({ ...shared, test: inPage(playwright({ launchOptions })) });
