/** Tests that drive a page from Node. */
import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ["browser/**/*.test.ts"],
    outputFile: { json: ".vitest/browser-results.json" },
  },
});
