/** Plain values as YAML on one line, as behind a key. */
import { stringify } from "yaml";
import { escapeVariables } from "./variable-text.ts";

/** `0.1`, `[1, 2]`, `"two words: one"`: what a config reads as this value, without variables. */
export function formatYamlValue(value: unknown): string {
  const text = stringify(value, {
    collectionStyle: "flow",
    flowCollectionPadding: true,
    blockQuote: false,
    lineWidth: 0,
  });
  return escapeVariables(text.trim());
}
