import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { Peer } from "./peer.ts";

test("a Python that does not start, or fails, says why", () => {
  expect(new Peer("/no/such/python", tmpdir()).versions()).toContain("ENOENT");
  expect(new Peer(process.execPath, tmpdir()).versions()).toContain("Node.js"); // it cannot read Python
  expect(() => new Peer(process.execPath, tmpdir()).run("tokenizer_parity.py", "train")).toThrow(
    "tokenizer_parity.py train failed: ",
  );
});
