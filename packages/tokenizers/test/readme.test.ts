/** Runs the programs of the README that print something, and compares what they print with the comments beside it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../", import.meta.url));

/** The pinned Node, which runs TypeScript; the one that runs the tests may be older. */
const node = join(
  dirname(createRequire(new URL("../../../package.json", import.meta.url)).resolve("node/package.json")),
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);

const programs = [...readFileSync(`${folder}README.md`, "utf8").matchAll(/```ts\n(import .*?)```/gs)]
  .map(([, program = ""]) => program)
  .filter((program) => /^console\.log/m.test(program));

test("the README has programs that print", () => expect(programs).toHaveLength(2));

test.each(programs)("a program of the README prints what it says: %#", (program) => {
  const said = [...program.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, output]) => output);
  const args = ["--conditions=@cellstate/source", "--input-type=module-typescript", "--eval", program];
  expect(execFileSync(node, args, { cwd: folder, encoding: "utf8" })).toBe(`${said.join("\n")}\n`);
});
