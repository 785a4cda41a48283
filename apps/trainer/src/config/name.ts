/** The name of an experiment whose file gives none. */
import { basename, dirname } from "node:path";

/** Longest name that the schema takes. */
const MAX_LENGTH = 64;

/**
 * The file's folder and name, as a name for run folders: `reviews-small` for `/home/me/reviews/small.yaml`, `small` for
 * `small/small.yaml`. Characters that no name has become `-`.
 */
export function nameAfter(file: string): string {
  const own = cleaned(basename(file).replace(/\.ya?ml$/, ""));
  const folder = cleaned(basename(dirname(file)));
  const name = folder === "" || folder === own ? own : `${folder}-${own}`;
  return cleaned([...name].slice(-MAX_LENGTH).join("")) || "experiment";
}

/** Begins with a letter or a digit, as names must. */
function cleaned(text: string): string {
  return text.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[^\p{L}\p{N}]+|-+$/gu, "");
}
