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

export function threadsOption() {
  return new Option(
    "--threads <n>",
    "threads of the backend; never changes a number. Default: all, while they are faster than one",
  ).argParser(threadCount);
}
