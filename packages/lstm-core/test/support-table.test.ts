/** What docs/recurrent-layers.md says of each argument of the layers of Keras and PyTorch, run line by line. */
import { describe, expect, test, vi } from "vitest";
import { supportPage, supportTables } from "./support/page.ts";

describe.each(supportTables.map(({ api, rows }) => [api, rows] as const))("%s", (_, rows) => {
  test.each(rows.map(([argument, row]) => [argument, row.status, row] as const))(
    "%s is %s",
    (_argument, _status, row) => {
      const warn = vi.spyOn(console, "warn").mockReturnValue(); // of activations without a bound
      row.shows();
      warn.mockRestore();
    },
  );
});

test("the page is what these rows give; pnpm support-table writes it", async () => {
  await expect(supportPage()).toMatchFileSnapshot("../../../docs/recurrent-layers.md");
});
