/** Turns the text of a dataset card into a checked card; each complaint names file, line and key. */
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { type DatasetCard, fileCardConfig, generatorCardConfig } from "../../config.ts";
import { DatasetCardError } from "../../errors.ts";

const MAX_CARD_CHARACTERS = 1024 * 1024;
/** A card needs few aliases; more are the sign of a document built to blow up. */
const MAX_ALIASES = 20;

type Path = readonly PropertyKey[];

/**
 * The card that a YAML text holds.
 *
 * @param text  contents of `dataset.yaml`
 * @param file  its path, for messages
 * @throws {DatasetCardError} if the YAML or a value is wrong, a key is unknown or missing, or aliases multiply
 */
export function parseCard(text: string, file: string): DatasetCard {
  if (text.length > MAX_CARD_CHARACTERS) {
    throw new DatasetCardError(file, undefined, "", `a card of more than ${MAX_CARD_CHARACTERS} characters is refused`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new DatasetCardError(file, lines.linePos(broken.pos[0]).line, "", `not valid YAML: ${broken.message}`);
  }
  const lineOf = (path: Path) => lineOfKey(document, lines, path);
  const raw = toPlain(() => document.toJS({ maxAliasCount: MAX_ALIASES }), file);
  const generated = typeof raw === "object" && raw !== null && "generator" in raw;
  const result = generated ? generatorCardConfig.safeParse(raw) : fileCardConfig.safeParse(raw);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] as string] : issue.path;
  throw new DatasetCardError(file, lineOf(path), path.map(String).join("."), messageOf(issue));
}

function toPlain(convert: () => unknown, file: string): unknown {
  try {
    return convert();
  } catch {
    throw new DatasetCardError(file, undefined, "", "YAML aliases multiply too much; write the values out");
  }
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return "unknown key; check its spelling or remove it";
  if (issue.code === "invalid_type" && issue.input === undefined)
    return `missing or of a wrong type (${issue.message})`;
  return issue.message;
}

/** Line of the deepest key of the path that the document has. */
function lineOfKey(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: Path): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true) ?? document.contents;
    const last = path[depth - 1];
    if (isMap(parent)) {
      const key = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last))?.key;
      if (isScalar(key) && key.range) return lines.linePos(key.range[0]).line;
    } else {
      const node: unknown = document.getIn(path.slice(0, depth), true);
      if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) {
        return lines.linePos(node.range[0] as number).line;
      }
    }
  }
  return undefined;
}
