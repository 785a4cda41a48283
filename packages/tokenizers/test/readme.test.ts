/** Runs the programs of the README that print something, and compares what they print with the comments beside it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../", import.meta.url));

const programs = [...readFileSync(`${folder}README.md`, "utf8").matchAll(/```ts\n(import .*?)```/gs)]
  .map(([, program = ""]) => program)
  .filter((program) => /^console\.log/m.test(program));

test("the README has programs that print", () => expect(programs).toHaveLength(2));

test.each(programs)("a program of the README prints what it says: %#", (program) => {
  const said = [...program.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, output]) => output);
  const args = ["--conditions=@cellstate/source", "--input-type=module-typescript", "--eval", program];
  expect(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" })).toBe(`${said.join("\n")}\n`);
});
