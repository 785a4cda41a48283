import { expect, test } from "vitest";
import { AlignedText } from "../text/aligned-text.ts";
import { NmtNormalizer } from "./nmt.ts";

/** What Hugging Face's library writes as a space, and what it removes, of all code points (0.23.2). */
const SPACES = [
  0x09, 0x0a, 0x0c, 0x0d, 0x1680, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd,
];
const REMOVED = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0b, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
  0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x7f, 0x8f, 0x9f,
];

test("of the basic plane these characters become spaces or go, and no others", () => {
  const normalizer = new NmtNormalizer();
  const spaces: number[] = [];
  const removed: number[] = [];
  for (let unit = 0; unit <= 0xffff; unit++) {
    const character = String.fromCharCode(unit);
    const { text } = normalizer.normalize(AlignedText.of(character));
    if (text === "") removed.push(unit);
    else if (text !== character) spaces.push(unit);
  }
  expect(spaces).toEqual(SPACES);
  expect(removed).toEqual(REMOVED);
});
