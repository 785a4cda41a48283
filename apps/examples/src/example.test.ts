import { expect, test } from "vitest";
import { examplesOf, printsAsSaid } from "./example.ts";
import { parsePage } from "./page.ts";

const fence = "```";

function examplesIn(...lines: readonly string[]) {
  return examplesOf(parsePage(lines.join("\n")).blocks);
}

test("a block of code is an example whose lines keep their numbers", () => {
  const [example] = examplesIn("# Title", "", `${fence}ts`, "const a = 1;", fence);
  expect(example).toEqual({ line: 4, code: "\n\n\nconst a = 1;\n", atRoot: false, prints: "" });
});

test("a block that is marked as continued joins the one before it", () => {
  const examples = examplesIn(`${fence}ts`, "let a = 1;", fence, "then", `${fence}ts`, "// continued", "a = 2;", fence);
  expect(examples.map(({ code }) => code)).toEqual(["\nlet a = 1;\n\n\n\n// continued\na = 2;\n"]);
});

test("a first block cannot go on", () => {
  expect(() => examplesIn(`${fence}ts`, "// continued", fence)).toThrow(
    'line 2: "// continued", but no code stands before',
  );
});

test("comments behind and under console.log are what is printed, other comments are not", () => {
  const code = ["// no", "console.log(a); // one", "console.log(", "  b,", ");", "// two", "// three", "f(); // no"];
  expect(examplesIn(`${fence}ts`, ...code, fence)[0]?.prints).toBe("one\ntwo\nthree");
});

test("a block without a language behind the code is what is printed, unless a heading comes between", () => {
  const code = [`${fence}ts`, "console.log(1);", fence];
  const output = [fence, "1", fence];
  expect(examplesIn(...code, "prints:", ...output)[0]?.prints).toBe("1");
  expect(examplesIn(...code, "## Next", ...output)[0]?.prints).toBe("");
});

test("the text before the code or its output says that it runs at the root", () => {
  const code = [`${fence}ts`, "f();", fence];
  expect(examplesIn("Here, at the root of the", "repository:", ...code)[0]?.atRoot).toBe(true);
  expect(examplesIn(...code, "prints, run at the root of the repository:", fence, "1", fence)[0]?.atRoot).toBe(true);
  expect(examplesIn("At the root of the repository.", "# New", ...code)[0]?.atRoot).toBe(false);
});

test("a first line may name the training that the code comes after", () => {
  const code = ["// after: cellstate train --config a.yaml --out runs/a", "f();"];
  expect(examplesIn(`${fence}ts`, ...code, fence)[0]?.after).toEqual("train --config a.yaml --out runs/a".split(" "));
  expect(examplesIn(`${fence}ts`, ...code.toReversed(), fence)[0]).not.toHaveProperty("after");
});

test("dots stand for anything, white space for any white space, and all else is compared", () => {
  expect(printsAsSaid("[\n  0.4001,\n  0.85 ]\n", "[ 0.40..., 0.8... ]")).toBe(true);
  expect(printsAsSaid("[ 0.41, 0.85 ]", "[ 0.40..., 0.8... ]")).toBe(false);
  expect(printsAsSaid("one\ntwo\n", "one")).toBe(false);
  expect(printsAsSaid("axb", "a.b")).toBe(false);
});
