import { expect, test } from "vitest";
import { escapeMarkdown, fenced, markdownTable } from "./markdown.ts";

test("text is no markup, no HTML and no second line", () => {
  expect(escapeMarkdown("a *b* _c_ `d` [e](f) | g\n# h <i> & j")).toBe(
    "a \\*b\\* \\_c\\_ \\`d\\` \\[e\\](f) \\| g \\# h &lt;i&gt; &amp; j",
  );
  expect(markdownTable(["a|b", "c"], [["1\n2", "3"]])).toBe("| a\\|b | c |\n| --- | --- |\n| 1 2 | 3 |\n");
});

test("code with fences stands in longer ones", () => {
  expect(fenced("yaml", "a\n````\nb\n")).toBe("`````yaml\na\n````\nb\n`````\n");
});
