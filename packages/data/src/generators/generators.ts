/** The list of generators that cards can name. */
import type { GeneratorConfig } from "./config.ts";
import { generateDates } from "./dates/generate.ts";
import type { Generator } from "./generator.ts";

type Generators = {
  readonly [Name in GeneratorConfig["name"]]: Generator<Extract<GeneratorConfig, { name: Name }>["options"]>;
};

export const generators: Generators = {
  dates: { roles: ["source", "target"], generate: generateDates },
};
