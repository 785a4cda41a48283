import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// Most of these tests wait for commands that they start, and they are the last to end: they may have all cores, and time for that.
export default defineConfig({
  ...shared,
  test: { ...shared.test, maxWorkers: "100%", testTimeout: 60_000, hookTimeout: 60_000 },
});
