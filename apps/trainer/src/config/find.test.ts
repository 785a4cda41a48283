import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { file, temporaryFolder } from "../../test/folders.ts";
import { findConfig } from "./find.ts";

function twoFolders() {
  const caller = temporaryFolder();
  const configs = temporaryFolder();
  mkdirSync(join(configs, "extra"));
  mkdirSync(join(configs, "other"));
  for (const name of ["sentiment.yaml", "extra/dates.yaml", "extra/twice.yaml", "other/twice.yml"])
    file(configs, name, "");
  return { caller, configs };
}

describe("findConfig", () => {
  test("takes a path first", () => {
    const { caller, configs } = twoFolders();
    const own = file(caller, "sentiment.yaml", "");
    expect(findConfig("sentiment.yaml", caller, configs)).toBe(own);
    expect(findConfig("sentiment", caller, configs)).toBe(join(configs, "sentiment.yaml"));
  });

  test("finds a shipped config by name, with or without its ending and folder", () => {
    const { caller, configs } = twoFolders();
    for (const name of ["dates", "dates.yaml", "extra/dates", "extra/dates.yaml"]) {
      expect(findConfig(name, caller, configs)).toBe(join(configs, "extra/dates.yaml"));
    }
  });

  test("refuses a name that fits twice and names both", () => {
    const { caller, configs } = twoFolders();
    expect(() => findConfig("twice", caller, configs)).toThrow(/could mean extra\/twice\.yaml or other\/twice\.yml/);
  });

  test("refuses an unknown name and offers the nearest", () => {
    const { caller, configs } = twoFolders();
    expect(() => findConfig("sentimant.yaml", caller, configs)).toThrow(/no such file.* Did you mean sentiment\?/);
    expect(() => findConfig("zzz", caller, configs)).toThrow(/configs that come along: extra\/dates, /);
  });
});
