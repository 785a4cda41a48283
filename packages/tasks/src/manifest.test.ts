import { expect, test } from "vitest";
import { encodeManifest, faultsOf, MANIFEST_FILE, parseManifest, sealFiles, sealOf } from "./manifest.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const files = new Map([
  ["b.json", bytes('{"b":1}\n')],
  ["a.txt", bytes("first")],
]);

test("a manifest says the size and the hash of each file, sorted by name, and its own hash", async () => {
  const text = new TextDecoder().decode((await sealFiles(files)).get(MANIFEST_FILE));
  expect(JSON.parse(text)).toEqual({
    formatVersion: 1,
    files: { "a.txt": await sealOf(bytes("first")), "b.json": await sealOf(bytes('{"b":1}\n')) },
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(text.indexOf("a.txt")).toBeLessThan(text.indexOf("b.json"));
});

test("equal files give equal bytes, whatever their order; one that is there already is made anew", async () => {
  const reversed = new Map([...files].reverse());
  const sealed = await sealFiles(files);
  expect((await sealFiles(reversed)).get(MANIFEST_FILE)).toEqual(sealed.get(MANIFEST_FILE));
  expect(await sealFiles(sealed)).toEqual(sealed);
});

test("a folder as its manifest says has no fault", async () => {
  const sealed = await sealFiles(files);
  const { files: manifest } = await parseManifest(sealed.get(MANIFEST_FILE)!);
  expect(await faultsOf(manifest!, sealed)).toEqual([]);
});

test("files that are missing, cut, longer, changed or extra are named", async () => {
  const { files: manifest } = await parseManifest((await sealFiles(files)).get(MANIFEST_FILE)!);
  const faults = (changes: readonly (readonly [string, Uint8Array])[]) =>
    faultsOf(manifest!, new Map([...files, ...changes]));
  expect(await faultsOf(manifest!, new Map([["b.json", files.get("b.json")!]]))).toEqual([
    { file: "a.txt", fault: "is missing" },
  ]);
  expect(await faults([["a.txt", bytes("firs")]])).toEqual([
    { file: "a.txt", fault: "has 4 bytes, manifest.json says 5; the file is cut short" },
  ]);
  expect(await faults([["a.txt", bytes("first!")]])).toEqual([
    { file: "a.txt", fault: "has 6 bytes, manifest.json says 5; the file is damaged" },
  ]);
  expect(await faults([["a.txt", bytes("fIrst")]])).toEqual([
    {
      file: "a.txt",
      fault: expect.stringMatching(
        /^its SHA-256 is [0-9a-f]{12}…, manifest.json says [0-9a-f]{12}…; the file is damaged$/,
      ),
    },
  ]);
  expect(await faults([["c.txt", bytes("")]])).toEqual([
    { file: "c.txt", fault: "is not listed in manifest.json; remove it" },
  ]);
});

test("each single bit of a manifest that flips, and each cut, is noticed", async () => {
  const whole = (await sealFiles(files)).get(MANIFEST_FILE)!;
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const damaged = whole.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect((await parseManifest(damaged)).fault, `bit ${bit}`).toMatch(/damaged/);
  }
  for (let length = 0; length < whole.length; length++) {
    expect((await parseManifest(whole.subarray(0, length))).fault).toMatch(/damaged/);
  }
});

test("bytes that decode to the same text are noticed, too", async () => {
  const { [MANIFEST_FILE]: whole } = Object.fromEntries(await sealFiles(new Map([["\ufffd.txt", new Uint8Array()]])));
  expect((await parseManifest(whole!)).fault).toBeUndefined();
  const withMark = Uint8Array.of(0xef, 0xbb, 0xbf, ...whole!);
  expect((await parseManifest(withMark)).fault).toMatch(/the file is damaged/);
  const at = whole!.indexOf(0xef); // one byte that is not UTF-8 in place of the three of U+FFFD
  const notUtf8 = Uint8Array.of(...whole!.subarray(0, at), 0xff, ...whole!.subarray(at + 3));
  expect((await parseManifest(notUtf8)).fault).toBe("is not valid UTF-8; it is damaged");
});

/** A manifest of other contents with a hash of its own that is right. */
async function resealed(change: (text: string) => string): Promise<Uint8Array> {
  const text = change(new TextDecoder().decode(await encodeManifest({})));
  const blank = text.replace(/[0-9a-f]{64}(?="\n\}\n$)/, "0".repeat(64));
  return bytes(text.replace(/[0-9a-f]{64}(?="\n\}\n$)/, (await sealOf(bytes(blank))).sha256));
}

test("a newer one, and one that lists what is no file of the folder, are refused by name", async () => {
  expect(
    await parseManifest(await resealed((text) => text.replace('"formatVersion": 1', '"formatVersion": 2'))),
  ).toEqual({
    fault: "formatVersion 2 is newer than 1, the newest that this Cellstate reads; update Cellstate",
  });
  for (const name of ["../a", "/a", "a//b", "./a", "a\\\\b", "c:a", ""]) {
    const seal = `"${name}": { "bytes": 1, "sha256": "${"0".repeat(64)}" }`;
    const { fault } = await parseManifest(await resealed((text) => text.replace('"files": {}', `"files": {${seal}}`)));
    expect(fault).toMatch(/must be the path of a file in the folder/);
  }
  const negative = `"a": { "bytes": -1, "sha256": "${"0".repeat(64)}" }`;
  const { fault } = await parseManifest(
    await resealed((text) => text.replace('"files": {}', `"files": {${negative}}`)),
  );
  expect(fault).toMatch(/^files.a.bytes: /);
});
