/** Writes the script of reports and other pages: `pnpm page-script`. */
import { writeFileSync } from "node:fs";
import { pageScriptModule } from "./bundle.ts";

writeFileSync(new URL("../src/report/page-script.generated.ts", import.meta.url), await pageScriptModule());
