import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import glob from "fast-glob";
import { expect, test } from "vitest";
import { formatTable } from "./format.ts";
import { showControls, showOnOneLine } from "./visible.ts";

test("every control character is shown, line breaks and tabs are layout", () => {
  for (let code = 0; code < 0xa0; code++) {
    const character = String.fromCharCode(code);
    const isControl = code < 0x20 || code >= 0x7f;
    const isLayout = character === "\n" || character === "\t";
    expect(showControls(`a${character}b`)).toBe(
      isControl && !isLayout ? `a\\u{${code.toString(16)}}b` : `a${character}b`,
    );
  }
});

test("what would reorder the text around it is shown, right-to-left letters and joiners stay", () => {
  expect(showControls("a\u202eb\u2066c\u2069")).toBe("a\\u{202e}b\\u{2066}c\\u{2069}");
  expect(showControls("שלום\u200f 👩\u200d👧")).toBe("שלום\u200f 👩\u200d👧");
});

test("a text on one line has no line breaks", () => {
  expect(showOnOneLine("a\nb\tc\rd\x1b[2J")).toBe("a\\nb\\tc\\u{d}d\\u{1b}[2J");
});

test("a table stays a table whatever its cells hold", () => {
  expect(
    formatTable([
      ["", "n"],
      ["a\nb\x1b[31m", "1"],
    ]),
  ).toBe("                n\na\\nb\\u{1b}[31m  1\n");
});

test("nothing writes to the terminal past this layer", () => {
  const sources = fileURLToPath(new URL("..", import.meta.url));
  const files = glob.sync("**/*.ts", { cwd: sources, ignore: ["**/*.test.ts", "terminal/print.ts"] });
  const writing = files.filter((path) =>
    /process\.std(?:out|err)\.write|console\.\w+\(/.test(readFileSync(`${sources}/${path}`, "utf8")),
  );
  expect(writing).toEqual([]);
});
