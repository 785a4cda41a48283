/** The list of generators that cards can name. */
import { generateArithmetic } from "./arithmetic/generate.ts";
import type { GeneratorConfig } from "./config.ts";
import { generateDates } from "./dates/generate.ts";
import type { Generator } from "./generator.ts";

type Configs = { readonly [Name in GeneratorConfig["name"]]: Extract<GeneratorConfig, { name: Name }> };
type Generators = {
  readonly [Name in keyof Configs]: Generator<Configs[Name]["options"], Configs[Name]["sizes"]>;
};

export const generators: Generators = {
  arithmetic: { roles: ["source", "target"], generate: generateArithmetic },
  dates: { roles: ["source", "target"], generate: generateDates },
};

/** The splits that the `generator` section of a card describes, by name. @throws {DataConfigError} see `Generator` */
export function generateSplits(
  config: GeneratorConfig,
  seed: number,
): Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> {
  switch (config.name) {
    case "arithmetic":
      return generators.arithmetic.generate(config.options, config.sizes, seed);
    case "dates":
      return generators.dates.generate(config.options, config.sizes, seed);
    default:
      return config satisfies never;
  }
}
