import { tasks } from "@cellstate/tasks";
import { describe, expect, test } from "vitest";
import { absolutePath, pathKeysOf, withoutFolders } from "./file-paths.ts";

const keys = pathKeysOf(tasks);
const absolute = (text: string, ...key: (string | number)[]) => absolutePath(text, key, "/configs", keys);

describe("paths of a config", () => {
  test("begin at its folder, in whatever form files are named", () => {
    expect(absolute("a.tsv", "data", "train")).toBe("/configs/a.tsv");
    expect(absolute("/data/a.tsv", "data", "train")).toBe("/data/a.tsv");
    expect(absolute("../b.tsv", "data", "train", 1)).toBe("/b.tsv");
    expect(absolute("a.en", "data", "train", "source")).toBe("/configs/a.en");
    expect(absolute("a.tsv", "data", "textColumn")).toBe("a.tsv");
  });

  test("lose their folders in a saved model", () => {
    expect(withoutFolders({ data: { train: ["/x/a.tsv", "/y/b.tsv"], dev: { source: "/x/dev.en" } } }, keys)).toEqual({
      data: { train: ["a.tsv", "b.tsv"], dev: { source: "dev.en" } },
    });
  });

  test("of cards are paths where they have a slash", () => {
    expect(absolute("reviews", "data", "dataset")).toBe("reviews");
    expect(absolute("./own", "data", "dataset")).toBe("/configs/own");
  });
});
