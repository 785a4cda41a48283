/** Model folders of which one file is changed; the manifest is left as it was, or made to fit what changed. */
import { join } from "node:path";
import { openModel, type PredictionLine, sealFiles, verifyModel } from "@cellstate/tasks";
import { createSession, type Session } from "@cellstate/tensor";
import { byteMutators } from "../mutate/bytes.ts";
import { textMutators } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import { type Mutator, mustHold, type Target } from "../target.ts";
import { contentsMutator, type OneFile, readOneFile, writeOneFile } from "./one-file.ts";
import { headerMutators } from "./safetensors.ts";
import { filesIn, TINY_TASKS, tinyRun } from "./tiny-runs.ts";

/** Whether the manifest is made anew, so that what lies behind it is reached. */
const SEALING = ["keep", "seal"] as const;
const [changeTree] = treeMutators();
const JSON_MUTATORS: readonly Mutator[] = [
  ...Array.from({ length: 16 }, () => changeTree!),
  ...textMutators,
  ...byteMutators,
];

export const model: Target = {
  name: "model",
  about: "model folders with one file changed",
  extension: "bin",
  async open(folder) {
    const session = await createSession({ backend: "reference" });
    const models = new Map<string, ReadonlyMap<string, Uint8Array>>();
    for (const task of TINY_TASKS) models.set(task, filesIn(join(await tinyRun(folder, task), "model")));
    const seeds = [...models].flatMap(([task, files]) =>
      [...files].flatMap(([name, contents]) =>
        SEALING.map((sealing) => writeOneFile({ words: [task, sealing, name], contents })),
      ),
    );
    const mutator = contentsMutator(({ words }) =>
      words[2]?.endsWith(".safetensors") === true ? [...headerMutators, ...byteMutators] : JSON_MUTATORS,
    );
    return { seeds, mutators: [mutator], check: (input) => open(session, models, readOneFile(input)) };
  },
};

async function open(
  session: Session,
  models: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>,
  { words, contents }: OneFile,
): Promise<void> {
  const [task = "", sealing = "", name = ""] = words;
  const whole = models.get(task) ?? [...models.values()][0]!;
  const changed = new Map([...whole, [name, contents]]);
  const isSame = whole.has(name) && Buffer.compare(whole.get(name)!, contents) === 0;
  const files = sealing === "seal" ? await sealFiles(changed) : changed;
  using _ = session.scope();
  const predictor = await openModel(files, session);
  mustHold(sealing === "seal" || isSame, `${name} differs from what the manifest says, and is opened`);
  await verifyModel(files);
  for await (const line of predictor.predict(["the film was good", "", "ab"])) requireAnswer(line);
}

/** Probabilities are some. */
function requireAnswer(line: PredictionLine): void {
  const { probs } = line as { probs?: Readonly<Record<string, number>> };
  if (probs === undefined) {
    mustHold(typeof line.prediction === "string", "a prediction that is no text");
    return;
  }
  const values = Object.values(probs);
  mustHold(
    values.every((value) => value >= 0 && value <= 1),
    () => `probabilities ${values.join(", ")}`,
  );
  const sum = values.reduce((all, value) => all + value, 0);
  mustHold(Math.abs(sum - 1) < 1e-5, `probabilities that sum to ${sum}`);
}
