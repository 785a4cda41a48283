import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { file, temporaryFolder } from "../../test/folders.ts";
import { gitState } from "./git-state.ts";

test("a folder in a repository has its commit, and is dirty once a file that git follows differs", () => {
  const folder = temporaryFolder();
  expect(gitState(folder)).toBeUndefined();
  const git = (...args: string[]) => {
    const settings = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"];
    return execFileSync("git", ["-C", folder, ...settings, ...args], { encoding: "utf8" }).trim();
  };
  git("init", "-q");
  expect(gitState(folder)).toBeUndefined();
  file(folder, "config.yaml", "seed: 1\n");
  git("add", "config.yaml");
  git("commit", "-q", "-m", "first");
  const commit = git("rev-parse", "HEAD");
  mkdirSync(join(folder, "runs"));
  file(folder, "runs/result.json", "{}");
  expect(gitState(join(folder, "runs"))).toEqual({ commit, dirty: false });
  file(folder, "config.yaml", "seed: 2\n");
  expect(gitState(folder)).toEqual({ commit, dirty: true });
});
