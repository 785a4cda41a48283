/** Turns the text of a dataset card into a checked card; each complaint names file, line and key. */
import { ConfigError, type ConfigIssue } from "@cellstate/files";
import { parseYaml, validate } from "@cellstate/files/yaml";
import { type DatasetCard, fileCardConfig, generatorCardConfig } from "../../config.ts";
import { DatasetCardError } from "../../errors.ts";

/**
 * The card that a YAML text holds.
 *
 * @param text  contents of `dataset.yaml`
 * @param file  its path, for messages
 * @throws {DatasetCardError} if the YAML or a value is wrong, a key is unknown or missing, or aliases multiply
 */
export function parseCard(text: string, file: string): DatasetCard {
  try {
    const card = parseYaml(text, file);
    return "generator" in card.values ? validate(generatorCardConfig, card) : validate(fileCardConfig, card);
  } catch (error) {
    throw error instanceof ConfigError ? cardError(error, file) : error;
  }
}

/** An error about the first fault whose message lists the others on lines of their own. */
function cardError({ issues }: ConfigError, file: string): DatasetCardError {
  const errorOf = ({ where, path, message }: ConfigIssue, more = "") =>
    new DatasetCardError(file, typeof where === "object" ? where.line : undefined, path, message + more);
  const [first, ...others] = issues;
  return errorOf(first!, others.map((issue) => `\n${errorOf(issue).message}`).join(""));
}
