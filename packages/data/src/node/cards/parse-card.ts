/** Turns the text of a dataset card into a checked card; each complaint names file, line and key. */
import { ConfigError, type ConfigIssue } from "@cellstate/files";
import { parseYaml, validate } from "@cellstate/files/yaml";
import { type DatasetCard, fileCardConfig, generatorCardConfig } from "../../config.ts";
import { DatasetCardError } from "../../errors.ts";

/**
 * The card that a YAML text holds.
 *
 * @param contents  of `dataset.yaml`: its text, or its bytes, which must be UTF-8
 * @param file      its path, for messages
 * @throws {DatasetCardError} if the YAML or a value is wrong, a key is unknown or missing, or aliases multiply
 */
export function parseCard(contents: string | Uint8Array, file: string): DatasetCard {
  try {
    const card = parseYaml(contents, file);
    return "generator" in card.values ? validate(generatorCardConfig, card) : validate(fileCardConfig, card);
  } catch (error) {
    throw error instanceof ConfigError ? cardError(error, file) : error;
  }
}

/** An error about the first fault whose message lists the others on lines of their own. */
function cardError({ issues }: ConfigError, file: string): DatasetCardError {
  const errorOf = ({ where, path, message, excerpt }: ConfigIssue, more = "") => {
    const shown = excerpt === undefined ? message : `${message}\n${excerpt}`;
    return new DatasetCardError(file, typeof where === "object" ? where.line : undefined, path, shown + more);
  };
  const [first, ...others] = issues;
  return errorOf(first!, others.map((issue) => `\n${errorOf(issue).message}`).join(""));
}
