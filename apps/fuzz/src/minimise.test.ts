import { expect, test } from "vitest";
import { minimise } from "./minimise.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test("what does not matter goes", async () => {
  let tries = 0;
  const shows = async (input: Uint8Array) => {
    tries += 1;
    return /a.*b/s.test(text(input));
  };
  expect(text(await minimise(Buffer.from("xxxxxaxxxxxxbxxx"), { tries: 1000, shows }))).toBe("ab");
  expect(tries).toBeLessThan(100);
});

test("no more inputs are tried than allowed, and the smallest so far counts", async () => {
  let tries = 0;
  const shows = async () => {
    tries += 1;
    return true;
  };
  expect(await minimise(new Uint8Array(1024), { tries: 1, shows })).toHaveLength(512);
  expect(tries).toBe(1);
});
