/** Templates as people write them: `[CLS] $A [SEP] $B:1 [SEP]:1`. */
import type { TemplatePiece } from "./template.ts";

/** A word, and the type id after its last colon if that is a number. */
const WORD = /^(.+?)(?::(\d+))?$/su;

/** `$A` and `$B` are the texts, other words are special tokens; `:1` after a word gives it the type id 1. Default 0. */
export function parseTemplate(text: string): TemplatePiece[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => {
      const [, name = word, type = "0"] = WORD.exec(word) ?? [];
      const typeId = Number(type);
      if (name === "$A" || name === "$B") return { kind: "sequence", id: name === "$A" ? "A" : "B", typeId };
      return { kind: "special", id: name, typeId };
    });
}
