/** The script that pages carry is what its sources make. */
import { expect, test } from "vitest";
import { pageScriptModule } from "../scripts/bundle.ts";
import * as generated from "../src/report/page-script.generated.ts";

test("`pnpm page-script` has been run since `src/report/page` changed", async () => {
  expect(await pageScriptModule()).toContain(JSON.stringify(generated.PAGE_SCRIPT));
});
