import { expect, test } from "vitest";
import { withPackage } from "./optional-package.ts";

const name: string = "@cellstate/not-there";

test("a package that is missing is named with how to install it", async () => {
  await expect(withPackage(name, () => import(name))).rejects.toThrow(
    "this command needs the package @cellstate/not-there, which cellstate does not bring along: npm install @cellstate/not-there",
  );
});

test("what is there is loaded, and other errors stay what they are", async () => {
  expect(await withPackage("@cellstate/onnx", () => import("@cellstate/onnx"))).toHaveProperty("openOnnx");
  await expect(withPackage("@cellstate/onnx", () => import(name))).rejects.toThrow(/not-there/);
});
