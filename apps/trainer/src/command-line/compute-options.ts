/** The options that say what computes: no number depends on them. */
import { Option } from "@commander-js/extra-typings";
import { threadCount } from "./option-values.ts";

export function backendOption() {
  return new Option("--backend <name>", "what computes; all give the same bits").choices([
    "auto",
    "native",
    "wasm",
    "reference",
  ] as const);
}

/** @param byDefault  how many there are without the option */
export function threadsOption(byDefault = "all, while they are faster than one") {
  return new Option("--threads <n>", `threads of the backend; never changes a number. Default: ${byDefault}`).argParser(
    threadCount,
  );
}
