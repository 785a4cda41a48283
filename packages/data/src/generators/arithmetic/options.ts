/** Options of the `arithmetic` generator. */
import { z } from "zod";

const digits = z.int().min(1).max(15);

/** Options of the `arithmetic` generator. */
export const arithmeticOptions = z
  .strictObject({
    operations: z
      .array(z.enum(["add", "subtract"]))
      .min(1)
      .default(["add", "subtract"])
      .describe("what is done with two numbers; a difference may be negative"),
    digits: digits.default(3).describe("digits of the longest numbers of train, dev and test"),
    longerDigits: digits.default(4).describe("digits of the longest numbers of the split longer, more than digits"),
  })
  .refine((options) => options.digits < options.longerDigits, {
    path: ["longerDigits"],
    error: "must be more than digits, since the split longer holds what is longer than train",
  });
export type ArithmeticOptions = z.infer<typeof arithmeticOptions>;
