/** Sums the results that vitest and the rehearsal left in each package and prints `N passed, N failed`; fails if a package left none. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import glob from "fast-glob";

const root = new URL("..", import.meta.url);
let passed = 0;
let failed = 0;

for (const manifest of glob.sync("{packages,apps}/*/package.json", { cwd: fileURLToPath(root) }).sort()) {
  const { scripts } = JSON.parse(readFileSync(new URL(manifest, root), "utf8"));
  if ("test" in scripts) count(manifest, "results.json");
  if ("test:browser" in scripts) count(manifest, "browser-results.json");
  if ("rehearse" in scripts) count(manifest, "rehearsal-results.json");
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function count(manifest: string, name: string): void {
  const results = new URL(manifest.replace("package.json", `.vitest/${name}`), root);
  if (!existsSync(results)) {
    console.error(`${manifest}: no test results`);
    failed++;
    return;
  }
  const { numPassedTests, numFailedTests, numFailedTestSuites, numTotalTests } = JSON.parse(
    readFileSync(results, "utf8"),
  );
  passed += numPassedTests;
  // A suite that does not even load counts as one failure.
  failed += Math.max(numFailedTests, numTotalTests === 0 || numFailedTestSuites > 0 ? 1 : 0);
}
