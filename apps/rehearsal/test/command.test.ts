import { expect, test } from "vitest";
import { run } from "../src/command.ts";

const place = { folder: process.cwd(), env: process.env };

test("what a program prints comes back", async () => {
  expect(await run(process.execPath, ["-p", "1 + 1"], place)).toBe("2\n");
});

test("a program that fails is shown with what it said", async () => {
  const failing = run(process.execPath, ["-e", "console.error('no disk'); process.exit(3)"], place);
  await expect(failing).rejects.toThrow(/-e .* ended with 3\nno disk$/);
});

test("a program that takes too long is stopped", async () => {
  const endless = run(process.execPath, ["-e", "setInterval(() => {}, 1000)"], place, 0.5);
  await expect(endless).rejects.toThrow(/was stopped by SIGTERM \(limit 0\.5 s\)/);
});
