/** Writes the JSON Schema of config files, which editors read: `node --conditions=@cellstate/source scripts/write-schema.ts`. */
import { writeFileSync } from "node:fs";
import { experimentJsonSchema } from "../src/config/schema.ts";

const path = new URL("../schema/experiment.schema.json", import.meta.url);
writeFileSync(path, `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`);
