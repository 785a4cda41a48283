/** The public names of `@cellstate/files/yaml`: YAML with places, and readable faults of what it holds. */

export { formatYamlValue } from "./yaml/format-value.ts";
export { formatYaml } from "./yaml/format-yaml.ts";
export { formatKeyPath, type KeyPath, pathId, valueAt } from "./yaml/key-path.ts";
export { nearest } from "./yaml/nearest.ts";
export { formatOrigin, type Origin, originOf, type Place, type TracedValues } from "./yaml/origin.ts";
export { parseYamlValue } from "./yaml/parse-value.ts";
export { parseYaml } from "./yaml/parse-yaml.ts";
export { type ResolveOptions, resolveVariables } from "./yaml/resolve-variables.ts";
export { validate } from "./yaml/validate.ts";
export { escapeVariables } from "./yaml/variable-text.ts";
