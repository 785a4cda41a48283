/** Reports, comparisons and sweeps are pages for everybody: no serious fault by axe-core, no scrolling to the side, nothing loaded, on paper too. */
import { expect, inject, test } from "vitest";
import { commands } from "vitest/browser";

/** Each width and each scheme once: what overflows hangs on the one, what cannot be read on the other. */
const windows = [
  { width: 390, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
] as const;

test.each(inject("pages"))(
  "$name has no fault, on a phone, a desk and paper, light and dark, and zooms",
  async ({ text }) => {
    for (const { width, colorScheme } of windows) {
      const { readout, ...found } = await commands.auditPage(text, width, colorScheme);
      expect(found).toEqual({
        overflow: 0,
        faults: [],
        requests: [],
        errors: [],
        zoom: { changes: true, goesBack: true },
        print: { overflow: 0, paper: "rgb(255, 255, 255)" },
      });
      expect(readout).toMatch(/^(steps?|points) \d/);
    }
  },
);

test("a page with faults is told from one without", async () => {
  const text =
    '<!doctype html><img src="https://elsewhere.test/x.png"><div class="readout" style="width:900px">wide</div>';
  const { overflow, faults, requests } = await commands.auditPage(text, 390, "light");
  expect(overflow).toBeGreaterThan(500);
  expect(faults.map((fault) => fault.split(":")[0])).toContain("image-alt");
  expect(requests).toEqual(["https://elsewhere.test/x.png"]);
});
