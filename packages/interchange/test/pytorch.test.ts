/** Files of PyTorch; golden/make_pytorch.py had PyTorch write them. */
import { readFileSync } from "node:fs";
import { InterchangeError, ModelFormatError, readPyTorch, UnsupportedModelError } from "@cellstate/interchange";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

interface Golden {
  readonly files: readonly {
    readonly name: string;
    readonly file: string;
    readonly tensors: Readonly<Record<string, { readonly shape: number[]; readonly data: number[] }>>;
    readonly values?: Readonly<Record<string, unknown>>;
  }[];
  readonly refused: readonly { readonly name: string; readonly file: string; readonly error: string }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("golden/pytorch.json", import.meta.url), "utf8"));
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

test.each(golden.files)("$name: every tensor is the one that PyTorch saved", ({ file, tensors, values = {} }) => {
  const contents = readPyTorch(bytesOf(file), "weights.pt");
  expect([...contents.tensors.keys()].sort()).toEqual(Object.keys(tensors).sort());
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const got = contents.tensors.get(name)!;
    expect([name, got.shape, [...got.data]]).toEqual([name, shape, data]);
  }
  expect(Object.fromEntries(contents.values)).toEqual(values);
});

describe("what cannot be read as tensors is refused by name", () => {
  test.each(golden.refused)("$name", ({ file, error }) => {
    expect(() => readPyTorch(bytesOf(file), "weights.pt")).toThrow(UnsupportedModelError);
    expect(() => readPyTorch(bytesOf(file), "weights.pt")).toThrow(`weights.pt: ${error}`);
  });

  test("a pointer of Git LFS", () => {
    const pointer = new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid sha256:1\n");
    expect(() => readPyTorch(pointer, "weights.pt")).toThrow("weights.pt: a pointer of Git LFS, not the file itself");
  });

  test.each([
    ["an empty file", "", "expected a file that torch.save wrote"],
    ["another pickle", "\x80\x02K\x05.", "a pickle of another kind"],
    ["text", "epoch,loss\n1,0.5\n", "expected a file that torch.save wrote"],
  ])("%s", (_, text, fault) => {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    expect(() => readPyTorch(bytes, "weights.pt")).toThrow(ModelFormatError);
    expect(() => readPyTorch(bytes, "weights.pt")).toThrow(`weights.pt: ${fault}`);
  });
});

describe("damaged files", () => {
  const whole = golden.files.filter(({ name }) => /^(state dict|views)/.test(name)).map(({ file }) => bytesOf(file));

  test("cut short anywhere, a file is refused", () => {
    for (const file of whole) {
      for (let length = 0; length < file.length; length += 13) {
        expect(() => readPyTorch(file.subarray(0, length))).toThrow(InterchangeError);
      }
    }
  });

  test("with any byte changed, a file is read or refused, and an archive never gives other elements", () => {
    fc.assert(
      fc.property(fc.constantFrom(...whole), fc.nat(), fc.integer({ min: 1, max: 255 }), (file, place, change) => {
        const damaged = file.slice();
        damaged[place % file.length]! ^= change;
        try {
          const { tensors } = readPyTorch(damaged);
          if (file[0] !== 0x50) return; // the pickles in a row of before carry no checksum
          const before = readPyTorch(file).tensors;
          for (const [name, { data }] of tensors) {
            if (before.has(name)) expect(data).toEqual(before.get(name)!.data);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(InterchangeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
