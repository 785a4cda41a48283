/** The vitest settings that every package shares: sources instead of builds, and results that can be summed up. */
export const shared = {
  resolve: { conditions: ["@cellstate/source"] },
  ssr: { resolve: { conditions: ["@cellstate/source"], externalConditions: ["@cellstate/source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    reporters: ["default", "json"],
    outputFile: { json: ".vitest/results.json" },
    testTimeout: 30_000,
  },
};
