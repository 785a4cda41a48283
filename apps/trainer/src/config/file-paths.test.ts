import { tasks } from "@cellstate/tasks";
import { describe, expect, test } from "vitest";
import { absolutePaths, pathKeysOf, withoutFolders } from "./file-paths.ts";

const keys = pathKeysOf(tasks);

describe("paths of a config", () => {
  test.each([
    ["a.tsv", "/configs/a.tsv"],
    ["/data/a.tsv", "/data/a.tsv"],
    [
      ["a.tsv", "../b.tsv"],
      ["/configs/a.tsv", "/b.tsv"],
    ],
    [
      { source: "a.en", target: "/data/a.de" },
      { source: "/configs/a.en", target: "/data/a.de" },
    ],
  ])("begin at its folder, in whatever form files are named: %j", (train, expected) => {
    const config = { name: "x", data: { train, textColumn: "a.tsv" } };
    const absolute = absolutePaths(config, "/configs", keys);
    expect(absolute).toEqual({ name: "x", data: { train: expected, textColumn: "a.tsv" } });
  });

  test("lose their folders in a saved model", () => {
    expect(withoutFolders({ data: { train: ["/x/a.tsv", "/y/b.tsv"], dev: { source: "/x/dev.en" } } }, keys)).toEqual({
      data: { train: ["a.tsv", "b.tsv"], dev: { source: "dev.en" } },
    });
  });

  test("of cards are paths where they have a slash", () => {
    expect(absolutePaths({ data: { dataset: "reviews" } }, "/configs", keys)).toEqual({ data: { dataset: "reviews" } });
    expect(absolutePaths({ data: { dataset: "./own" } }, "/configs", keys)).toEqual({
      data: { dataset: "/configs/own" },
    });
  });
});
