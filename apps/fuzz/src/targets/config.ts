/** Config files: YAML that a run begins with. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { escapeVariables, parseYaml } from "@cellstate/files/yaml";
import { loadConfig } from "cellstate";
import { byteMutators } from "../mutate/bytes.ts";
import { bytesOfText, textMutators } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import { contradict, mustHold, type Target } from "../target.ts";
import { CONFIGS } from "./configs.ts";

const asTree = treeMutators((text) => parseYaml(text, "base").values);

export const config: Target = {
  name: "config",
  about: "YAML of experiments",
  extension: "yaml",
  async open(folder) {
    const file = join(folder, "experiment.yaml");
    const resolved = join(folder, "resolved.json");
    return {
      seeds: CONFIGS.map(bytesOfText),
      mutators: [
        ...asTree,
        ...asTree,
        ...asTree,
        ...asTree,
        ...asTree,
        ...asTree,
        ...textMutators,
        ...byteMutators.slice(0, 3),
      ],
      async check(input) {
        writeFileSync(file, input);
        const { experiment } = await loadConfig({ file, folder, env: {} });
        await requireFixedPoint(experiment, resolved, folder);
      },
    };
  },
};

/** What a config resolves to is a config, which resolves to itself: this is what a lock holds and `--resume` checks. */
export async function requireFixedPoint(experiment: unknown, resolved: string, folder: string): Promise<void> {
  const text = JSON.stringify(experiment);
  writeFileSync(resolved, escapeVariables(text));
  let again = "";
  try {
    again = JSON.stringify((await loadConfig({ file: resolved, folder, env: {} })).experiment);
  } catch (error) {
    contradict(`the resolved config is refused: ${(error as Error).message}`);
  }
  mustHold(again === text, () => `resolves to ${text.slice(0, 200)}, and that to ${again.slice(0, 200)}`);
}
