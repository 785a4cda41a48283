/** Writes the JSON Schema of config files, which editors read: `pnpm schema`. */
import { writeFileSync } from "node:fs";
import { experimentJsonSchema } from "../src/config/json-schema.ts";

const path = new URL("../schema/experiment.schema.json", import.meta.url);
writeFileSync(path, `${JSON.stringify(experimentJsonSchema(), null, 1)}\n`);
