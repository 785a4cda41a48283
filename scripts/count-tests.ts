/**
 * Names each test that failed, sums the results that vitest and the rehearsal left in each package and prints
 * `N passed, N failed`; fails if a package left none.
 */
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
  const { numPassedTests, numFailedTests, numFailedTestSuites, numTotalTests, testResults } = JSON.parse(
    readFileSync(results, "utf8"),
  );
  nameFailures(manifest, testResults ?? []);
  passed += numPassedTests;
  // A suite that does not even load counts as one failure.
  failed += Math.max(numFailedTests, numTotalTests === 0 || numFailedTestSuites > 0 ? 1 : 0);
}

function nameFailures(manifest: string, files: readonly TestFile[]): void {
  for (const file of files) {
    const failures = file.assertionResults.filter(({ status }) => status === "failed");
    if (file.status === "failed" && failures.length === 0)
      console.log(`failed: ${manifest}: ${file.name}: ${file.message}`);
    for (const { fullName, failureMessages } of failures) {
      console.log(`failed: ${file.name}: ${fullName}: ${failureMessages[0]?.split("\n", 3).join(" ")}`);
    }
  }
}

/** What vitest's report in JSON says of a file of tests, as far as it is read here. */
interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages: readonly string[];
  }[];
}
