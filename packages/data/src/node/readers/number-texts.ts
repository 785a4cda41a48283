/** Numbers of JSON as the texts that stand in the file, so that `1.0` and 15793596808644609 stay what they are. */

const NUMBER = /-?\d[\d.eE+-]*/y;
/** What a number can begin with, outside of strings, and what begins a string. */
const NEXT = /["\d-]/g;

/**
 * The same JSON with each number in quotes: `{"a": 1.0}` becomes `{"a": "1.0"}`.
 *
 * @param json  valid JSON
 * @returns `json` itself where it has no numbers
 */
export function numbersAsTexts(json: string): string {
  let quoted = "";
  let copied = 0;
  for (let at = nextOf(json, 0); at !== -1; ) {
    if (json[at] === '"') {
      at = nextOf(json, endOfString(json, at + 1));
      continue;
    }
    NUMBER.lastIndex = at;
    NUMBER.exec(json);
    quoted += `${json.slice(copied, at)}"${json.slice(at, NUMBER.lastIndex)}"`;
    copied = NUMBER.lastIndex;
    at = nextOf(json, copied);
  }
  return copied === 0 ? json : quoted + json.slice(copied);
}

function nextOf(json: string, from: number): number {
  NEXT.lastIndex = from;
  return NEXT.test(json) ? NEXT.lastIndex - 1 : -1;
}

/** Where a string ends, behind its closing quote; an odd number of backslashes before a quote makes it text. */
function endOfString(json: string, start: number): number {
  for (let quote = json.indexOf('"', start); ; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === "\\" && quote - backslashes > start) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
}
