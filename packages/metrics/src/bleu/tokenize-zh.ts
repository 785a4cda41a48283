/** The tokenizer "zh" of BLEU: each Chinese character by itself, the rest as Western text, as sacreBLEU defines it. */
import { splitWesternText, trim } from "../words.ts";

/**
 * What sacreBLEU 2.6 takes for Chinese characters. Its list means to reach into the supplementary planes, but, written with four
 * digits too many, takes U+2001 to U+2A6D and U+2F81 to U+2FA1 instead; the scores of the field are made so.
 */
const CHINESE =
  /[\u2001-\u2a6d\u2e80-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/gu;

/** The tokens of one segment. */
export function tokenizeZh(segment: string): string[] {
  return splitWesternText(trim(segment).replace(CHINESE, " $& "));
}
