import { expect, test } from "vitest";
import { cellstate } from "./cellstate.ts";
import { file, temporaryFolder } from "./folders.ts";

/** Runs `cellstate --version` by a Node that calls itself `version`. */
function versionUnder(version: string) {
  const cwd = temporaryFolder();
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
  return cellstate(["--version"], { cwd, env: { NODE_OPTIONS: `--require ${file(cwd, "pretend.cjs", pretend)}` } });
}

test.each(["18.20.8", "20.20.2", "22.11.0"])(
  "Node %s is refused in one line that says what is needed",
  async (version) => {
    const { code, stdout, stderr } = await versionUnder(version);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toBe(
      `cellstate: needs Node 22.12 or newer, and this is Node ${version}; \`npx -y pnpm install\` brings the pinned one, which \`npx -y pnpm train\` takes\n`,
    );
  },
);

test.each(["22.12.0", "24.0.0", "26.10.0"])("Node %s runs it", async (version) => {
  const { code, stdout } = await versionUnder(version);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
