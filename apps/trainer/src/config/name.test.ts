import { expect, test } from "vitest";
import { nameAfter } from "./name.ts";

test.each([
  ["/home/me/reviews/small.yaml", "reviews-small"],
  ["/home/me/reviews/reviews.yml", "reviews"],
  ["/small.yaml", "small"],
  ["/home/my data (1)/a b.yaml", "my-data-1-a-b"],
  ["/评论/小.yaml", "评论-小"],
  ["/tmp/---.yaml", "tmp"],
  ["/???/!!.yaml", "experiment"],
  [`/${"a".repeat(90)}/b.yaml`, `${"a".repeat(62)}-b`],
])("%s is named %s", (file, name) => {
  expect(nameAfter(file)).toBe(name);
});
