/** The tokenizer "intl" of BLEU: what NIST's mteval-v14 script does with `--international-tokenization`, as sacreBLEU defines it (Post 2018). */
import { splitAtSpace } from "../words.ts";

const MARK_AFTER_NO_NUMBER = /(\P{N})(\p{P})/gu;
const MARK_BEFORE_NO_NUMBER = /(\p{P})(\P{N})/gu;
const SYMBOL = /\p{S}/gu;

/** The tokens of one segment: marks and symbols stand alone, but for marks inside numbers. */
export function tokenizeInternational(segment: string): string[] {
  return splitAtSpace(
    segment.replace(MARK_AFTER_NO_NUMBER, "$1 $2 ").replace(MARK_BEFORE_NO_NUMBER, " $1 $2").replace(SYMBOL, " $& "),
  );
}
