import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// They are the last to end and may have all cores; those that wait for commands which they start have time for that.
export default defineConfig({
  ...shared,
  test: { ...shared.test, maxWorkers: "100%", testTimeout: 60_000, hookTimeout: 60_000 },
});
