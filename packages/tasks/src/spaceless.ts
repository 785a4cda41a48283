/** Scripts that put no spaces between words, in which a word cut at spaces would be a whole clause. */

/** Their letters. */
export const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/gu;

/** Share of such letters from which a text is cut into characters. */
export const SPACELESS_SHARE = 0.3;
