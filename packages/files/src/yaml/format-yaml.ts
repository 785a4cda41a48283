/** Plain values as YAML text that people read and that reads back as the same values, without variables. */
import { stringify } from "yaml";
import type { PlainMap } from "../plain-map.ts";
import { escapeVariables } from "./variable-text.ts";

/** Longer lines are folded. */
const LINE_WIDTH = 120;

/** The text of a map; keys keep their order, short lists and maps inside lists stand on one line each as they come. */
export function formatYaml(values: PlainMap): string {
  // YAML 1.1 readers take more words for numbers and booleans, so those are quoted for them too.
  return escapeVariables(
    stringify(values, { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false, compat: "yaml-1.1" }),
  );
}
