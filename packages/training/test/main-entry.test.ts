import { expect, test, vi } from "vitest";

vi.mock("zod", () => {
  throw new Error("zod was loaded");
});

test("only the entry ./config loads zod", async () => {
  await expect(import("@cellstate/training")).resolves.toHaveProperty("train");
  await expect(import("@cellstate/training/checkpoint")).resolves.toHaveProperty("CheckpointFolder");
  await expect(import("@cellstate/training/config")).rejects.toThrow();
});
