/** Files of `torch.save`: archives, and the pickles in a row of before PyTorch 1.6. */
import { readPyTorch } from "@cellstate/interchange";
import { byteMutators } from "../mutate/bytes.ts";
import { zipOf } from "../mutate/zip.ts";
import { mustHold, type Target } from "../target.ts";
import { torchFiles } from "./golden-models.ts";
import { contentsMutator, readOneFile, writeOneFile } from "./one-file.ts";

/** Of an archive, the pickle alone is changed: whatever else is changed, its checksum tells. */
const STORAGE = new Uint8Array(512);

export const pytorch: Target = {
  name: "pytorch",
  about: "files of torch.save: archives, pickles in archives, pickles in a row",
  extension: "bin",
  async open() {
    const files = torchFiles();
    const seeds = [
      ...files.map((contents) => writeOneFile({ words: ["file"], contents })),
      ...files.flatMap((contents) => {
        const pickle = pickleIn(contents);
        return pickle === undefined ? [] : [writeOneFile({ words: ["pickle"], contents: pickle })];
      }),
    ];
    return { seeds, mutators: [contentsMutator(() => byteMutators)], check };
  },
};

/** The pickle of an archive, which PyTorch stores as it is: from its first opcode to its last. */
function pickleIn(archive: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(archive);
  const start = bytes.indexOf(Buffer.from([0x80, 2]), bytes.indexOf("data.pkl"));
  const end = bytes.indexOf("PK", start);
  return archive[0] !== 0x50 || start < 0 ? undefined : archive.slice(start, bytes.lastIndexOf(".", end) + 1);
}

function check(input: Uint8Array): void {
  const { words, contents } = readOneFile(input);
  const bytes = words[0] === "pickle" ? asArchive(contents) : contents;
  const { tensors } = readPyTorch(bytes, "weights.pt");
  for (const [name, { shape, data }] of tensors) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    mustHold(
      data.length === size,
      () => `tensor ${JSON.stringify(name)} of shape [${shape}] has ${data.length} elements`,
    );
  }
}

/** With a storage for every key that a pickle is likely to name. */
function asArchive(pickle: Uint8Array): Uint8Array {
  const storages = Array.from({ length: 12 }, (_, key) => [`x/data/${key}`, STORAGE] as const);
  return zipOf(new Map([["x/data.pkl", pickle], ...storages]));
}
