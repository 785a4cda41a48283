/** Models of Keras: HDF5 files, archives with one changed member, and a `model.json` of TensorFlow.js. */
import { importKeras } from "@cellstate/interchange";
import { createSession, type Session } from "@cellstate/tensor";
import { byteMutators } from "../mutate/bytes.ts";
import { bytesOfText, textMutators } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import { zipOf } from "../mutate/zip.ts";
import { mustHold, type Target } from "../target.ts";
import { kerasFiles, packedKerasFiles } from "./golden-models.ts";
import { contentsMutator, type OneFile, readOneFile, writeOneFile } from "./one-file.ts";

/** What an input is: a file as it is, or the one named here beside others that stay as they were. */
const FORMATS = ["h5", "old.h5", "weights.h5", "keras", "config.json", "model.weights.h5"] as const;
/** Deflate packs at most so many bytes into one. */
const GREATEST_RATIO = 1032;
const jsonMutators = [...Array.from({ length: 12 }, () => treeMutators()[0]!), ...textMutators];

export const keras: Target = {
  name: "keras",
  about: "models of Keras: HDF5, archives and their members",
  extension: "bin",
  async open() {
    const session = await createSession({ backend: "reference" });
    const models = ["nested", "Keras 1", "CuDNN layers of Keras 2"].map(kerasFiles);
    const [model] = models as [(typeof models)[number]];
    const whole = new Map([
      ...model.files,
      ["config.json", bytesOfText(model.json)],
      ["model.weights.h5", model.files.get("weights.h5")!],
    ]);
    const older = models.slice(1).map(({ files }) => writeOneFile({ words: ["h5"], contents: files.get("h5")! }));
    const packed = packedKerasFiles().map((contents) => writeOneFile({ words: ["h5"], contents }));
    const seeds = FORMATS.map((kind) => writeOneFile({ words: [kind], contents: whole.get(kind)! }));
    const mutator = contentsMutator(({ words }) => (words[0] === "config.json" ? jsonMutators : byteMutators));
    return {
      seeds: [...seeds, ...older, ...packed],
      mutators: [mutator],
      check: (input) => check(session, whole, readOneFile(input)),
    };
  },
};

async function check(session: Session, whole: ReadonlyMap<string, Uint8Array>, one: OneFile): Promise<void> {
  const files = filesOf(whole, one);
  const path = [...files.keys()][0]!;
  using _ = session.scope();
  const { model } = await importKeras(path, async (name) => files.get(name), { session });
  const weights = model.getWeights();
  for (const { name, shape, data } of weights) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    mustHold(
      data.length === size,
      () => `weight ${JSON.stringify(name)} of shape [${shape}] has ${data.length} elements`,
    );
  }
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const elements = weights.reduce((sum, { data }) => sum + data.length, 0);
  mustHold(elements <= bytes * GREATEST_RATIO, () => `${elements} weights of ${bytes} bytes`);
}

/** The file that is opened first, then what lies beside it. */
function filesOf(
  whole: ReadonlyMap<string, Uint8Array>,
  { words: [kind = ""], contents }: OneFile,
): Map<string, Uint8Array> {
  switch (kind) {
    case "config.json":
    case "model.weights.h5": {
      const members = ["config.json", "model.weights.h5"].map(
        (name) => [name, name === kind ? contents : whole.get(name)!] as const,
      );
      return new Map([["model.keras", zipOf(new Map(members))]]);
    }
    case "old.h5":
    case "weights.h5":
      return new Map([
        [`model.${kind}`, contents],
        ["model.json", whole.get("config.json")!],
      ]);
    default:
      return new Map([["model.h5", contents]]);
  }
}
