/** ONNX models whose tensors lie in a file beside them: either file changed, both made one, and that opened. */
import { readFileSync } from "node:fs";
import { onnxInOneFile } from "@cellstate/onnx";
import { createSession, type Session } from "@cellstate/tensor";
import { byteMutators } from "../mutate/bytes.ts";
import { changeMessage } from "../mutate/protobuf.ts";
import { mustHold, type Target } from "../target.ts";
import { contentsMutator, readOneFile, writeOneFile } from "./one-file.ts";
import { openAndRun } from "./onnx.ts";

const MODEL = "network.onnx";
const DATA = "network.onnx.data";

export const onnxExternal: Target = {
  name: "onnx-external",
  about: "ONNX models with their tensors in another file, made one file",
  extension: "txt",
  async open() {
    const session = await createSession({ backend: "wasm", threads: 1 });
    const files = goldenFiles();
    return {
      seeds: [...files].map(([name, contents]) => writeOneFile({ words: [name], contents })),
      mutators: [
        contentsMutator(({ words: [name] }) =>
          name === DATA ? byteMutators : [...Array.from({ length: 12 }, () => changeMessage), ...byteMutators],
        ),
      ],
      check: (input) => join(input, files, session),
    };
  },
};

/** A model that PyTorch wrote as two files. */
function goldenFiles(): ReadonlyMap<string, Uint8Array> {
  const path = new URL("../../../../packages/onnx/test/golden/external-data.json", import.meta.url);
  const { files } = JSON.parse(readFileSync(path, "utf8")) as { readonly files: Readonly<Record<string, string>> };
  return new Map([MODEL, DATA].map((name) => [name, new Uint8Array(Buffer.from(files[name]!, "base64"))]));
}

async function join(input: Uint8Array, files: ReadonlyMap<string, Uint8Array>, session: Session): Promise<void> {
  const {
    words: [name = ""],
    contents,
  } = readOneFile(input);
  const changed = new Map([...files, [name, contents]]);
  const externalData = (path: string) => (path === MODEL ? undefined : changed.get(path));
  const joined = onnxInOneFile(changed.get(MODEL)!, { externalData });
  const again = onnxInOneFile(joined, { externalData: () => undefined });
  mustHold(Buffer.from(again).equals(joined), "one file, made one again, differs");
  await openAndRun(joined, session);
}
