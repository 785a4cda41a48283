import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// Each file in a worker of its own: some of them replace modules of Node, or need one that nothing has loaded yet.
export default defineConfig({ ...shared, test: { ...shared.test, isolate: true } });
