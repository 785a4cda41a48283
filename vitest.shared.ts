/** The vitest settings that every package shares: sources instead of builds, and results that can be summed up. */
export const shared = {
  resolve: { conditions: ["@cellstate/source"] },
  ssr: { resolve: { conditions: ["@cellstate/source"], externalConditions: ["@cellstate/source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    reporters: ["default", "json"],
    outputFile: { json: ".vitest/results.json" },
    isolate: false, // files share the modules of their worker: to load them anew takes longer than most tests
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
};

/** How a page is launched: Chromium as the system has it, nothing downloaded. Root, as in containers, has no sandbox. */
export const launchOptions = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] };

/** Settings of tests that run in a page, which `provider` launches by `launchOptions`. */
export function inPage<Provider>(provider: Provider) {
  return {
    ...shared.test,
    include: ["browser/**/*.test.ts"],
    outputFile: { json: ".vitest/browser-results.json" },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider,
      instances: [{ browser: "chromium" as const }],
    },
  };
}
