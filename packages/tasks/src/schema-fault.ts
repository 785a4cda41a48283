/** The first thing that a schema has against a value, in one line: where it stands, what was expected and what came. */
import type { z } from "zod";

export function schemaFault({ issues }: z.ZodError, whole = "the file"): string {
  const issue = issues[0]!;
  // What is wrong with a key lies one level deeper.
  const message = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return `${issue.path.join(".") || whole}: ${message}`;
}
