/** What is made of kernels/kernels.h: two C headers, by the names under which they are included, and a TypeScript module. */
import { readFileSync } from "node:fs";
import { addonCalls, kernelsHeader } from "./c.ts";
import { readDefinition } from "./definition.ts";
import { kernelsModule } from "./typescript.ts";

export interface Generated {
  readonly headers: Readonly<Record<"kernels.generated.h" | "calls.generated.h", string>>;
  readonly module: string;
}

export function generate(): Generated {
  const definition = readDefinition(readFileSync(new URL("../../kernels/kernels.h", import.meta.url), "utf8"));
  return {
    headers: { "kernels.generated.h": kernelsHeader(definition), "calls.generated.h": addonCalls(definition) },
    module: kernelsModule(definition),
  };
}
