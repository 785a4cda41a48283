/**
 * Makes the news of a county that does not exist: `node make-data.ts`. The same made-up words are surnames, villages and parts of companies' names,
 * some first names are months, flowers or verbs, names may stand side by side, and two thirds of what dev and test name is not in train, so
 * that only the words around a name, and those within it, tell what it is.
 */
import { writeFileSync } from "node:fs";

const SIZES = { train: 600, dev: 300, test: 600 } as const;
type Split = keyof typeof SIZES;

/** A Lehmer generator (Park & Miller 1988): the same numbers on every machine. */
let state = 20_260_117;
function uniform(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}
const pick = <T>(items: readonly T[]): T => items[Math.floor(uniform() * items.length)]!;
const isLikely = (share: number): boolean => uniform() < share;

/** Words that name people, villages and companies alike. */
const beginnings =
  "Ash Bram Carl Dun Elm Fen Gar Har Ing Kel Lang Mar Nor Oak Pen Quin Ros Stan Thorn Ux Wen Yar".split(" ");
const ends = "by ton wick ford ley more well field stow ham burn combe dale gate shaw worth".split(" ");
const stems = beginnings.flatMap((beginning) => ends.map((end) => beginning + end));
const newBeginnings = "Bol Cran Dray Fal Glen Hex Jar Lud Myth Ott Pol Rud Sel Tor Vey Zen".split(" ");
const newEnds = "ance ard bry ell eth ick in ish ock olt on ory ump us".split(" ");
const newStems = newBeginnings.flatMap((beginning) => newEnds.map((end) => beginning + end));
const firstNames =
  "Ada Ben Cora Dev Edith Felix Greta Hugo Ines Jonah Kira Leon Maya Nils Olga Priya Ravi Selma Tomas Uma Viktor Wanda Yusuf Zoe May June April Rose Will Mark Grace Bill Ivy Frank Joy Pat Sue Jack Faith Drew".split(
    " ",
  );
const newFirstNames =
  "Aino Bela Caius Dora Emil Freya Goran Hanne Ilse Jarek Kofi Lotta Milo Nadia Otto Petra Quinn Rufus Signe Tariq Ulla Vera Wim Xenia August Hope Dawn Chase".split(
    " ",
  );
const trades = "Bakery Brewery Dairy Foundry Mills Motors Nurseries Press Quarries Shipping Tiles Wool".split(" ");
const teams = "Rovers United Wanderers Athletic Harriers Town City".split(" ");
const bodies = "Council College Hospital Library Museum University School Theatre Bank".split(" ");
const months = "January February March April May June July August September October November December".split(" ");
const days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");

/** How much of what dev and test name is new. */
const NEW = 2 / 3;
const stem = (split: Split): string => pick(split !== "train" && isLikely(NEW) ? newStems : stems);
const firstName = (split: Split): string => pick(split !== "train" && isLikely(NEW) ? newFirstNames : firstNames);

type Name = "PER" | "LOC" | "ORG" | "DATE";

const makers: { readonly [Kind in Name]: readonly ((split: Split) => string)[] } = {
  PER: [
    (split) => `${firstName(split)} ${stem(split)}`,
    (split) => `${firstName(split)} ${stem(split)}`,
    (split) => `${firstName(split)}`,
    (split) => `${stem(split)}`,
    (split) => `${firstName(split)} ${pick([..."ABCDEFGHJKLMNPRSTW"])}. ${stem(split)}`,
    (split) => `${firstName(split)} van ${stem(split)}`,
  ],
  LOC: [
    stem,
    stem,
    stem,
    (split) => `${pick(["Upper", "Lower", "Great", "Little", "North", "South", "Old", "New"])} ${stem(split)}`,
    (split) => `${stem(split)} ${pick(["Bay", "Bridge", "Hill", "Road", "Street", "Square", "Park", "Woods"])}`,
    (split) => `${stem(split)} on ${pick(["the Wye", "Sea", "the Hill"])}`,
  ],
  ORG: [
    (split) => `${stem(split)} ${pick(trades)}`,
    (split) => `${stem(split)} ${pick(teams)}`,
    (split) => `${stem(split)} ${pick(bodies)}`,
    (split) => `${pick(bodies)} of ${stem(split)}`,
    (split) => `${stem(split)} and ${stem(split)} ${pick(["Ltd", "Partners", ...trades])}`,
    (split) => `${stem(split)} & Sons`,
    (split) => `Friends of ${stem(split)} ${pick(["Park", "Woods", "Library", "Museum"])}`,
    (split) => `${firstName(split)} ${stem(split)} ${pick(["Foundation", "School", "Trust"])}`,
    stem, // a company, or a team, may be called by its place alone
  ],
  DATE: [
    () => pick(days),
    () => `${1 + Math.floor(uniform() * 28)} ${pick(months)}`,
    () => `${pick(months)} ${2019 + Math.floor(uniform() * 9)}`,
    () => `${pick(["last", "next", "early"])} ${pick([...days, ...months])}`,
    () => `${pick(days)} ${1 + Math.floor(uniform() * 28)} ${pick(months)}`,
    () => `the ${pick(["first", "second", "third", "last"])} ${pick(days)} of ${pick(months)}`,
    () => pick(months),
  ],
};

/** Names in braces; what is in round brackets, with bars between, is one of several. */
const sentences = `
{PER} was born in {LOC} and moved to {LOC} in {DATE} .
{ORG} (beat|lost to|drew with) {ORG} on {DATE} .
{PER} (joined|left|sued|wrote to) {ORG} in {DATE} .
On {DATE} , {PER} (met|thanked|questioned) {PER} (in|near|outside) {LOC} .
{ORG} will (close|open|sell) its (shop|office|branch) in {LOC} (on|by|before) {DATE} .
The road (from|between) {LOC} (to|and) {LOC} may be closed until {DATE} .
{PER} , who (runs|founded|chairs) {ORG} , (lives|grew up) in {LOC} .
(Police|Firemen|Neighbours) in {LOC} said that {PER} had left on {DATE} .
"We will mark the day with {PER} , " said {PER} of {ORG} .
{PER} and {PER} (rose|drew|walked) (early|slowly) to see {LOC} in {DATE} .
The (mayor|bishop|poet) {PER} opened the fair at {LOC} .
{ORG} has hired {PER} (to|and will) bill {ORG} from {DATE} .
(Rain|Snow|Fog) fell on {LOC} and {LOC} on {DATE} .
Tickets are sold at {ORG} , {LOC} .
{PER} (scored|played) for {ORG} against {ORG} (in|at) {LOC} .
No one from {ORG} (spoke|answered) when {PER} rang on {DATE} .
The train for {LOC} leaves {LOC} at nine .
{PER} 's (garden|shop|novel) won a prize in {LOC} (last year|again) .
In {DATE} {ORG} bought {ORG} (of|from) {PER} .
May we ask what {ORG} paid {PER} ?
Will {PER} leave {ORG} (before|after) {DATE} ?
It may rain in {LOC} on {DATE} , {PER} (says|wrote) .
Rose bushes (from|near) {LOC} were given to {ORG} by {PER} .
{ORG} , {ORG} and {ORG} (compete|meet) in {LOC} (on|from) {DATE} .
{PER} , {PER} and {PER} (sang|danced|voted) on {DATE} .
Shares of {ORG} fell by (two|three|five) per cent on {DATE} .
(He|She) taught at {ORG} until {DATE} and then retired to {LOC} .
The (bank|college|library) told {PER} to wait until {DATE} .
Frank talks between {ORG} and {PER} (failed|began) in {LOC} .
There was joy in {LOC} when {ORG} won .
{ORG} {DATE} : {PER} (out|back|hurt)
{LOC} {DATE} : {ORG} (shut|on strike|flooded)
(Today|Now) {PER} {ORG} , then {PER} {ORG}
{DATE} {LOC} {ORG} {LOC} {ORG}
Letters : {PER} {LOC} {PER} {LOC}
In {DATE} {PER} {PER} and {PER} left {ORG} {LOC}
At {LOC} {PER} of {ORG} {LOC} (won|lost)
{LOC} and {LOC} share a (bus|school|doctor) .
{LOC} is (hot|dry|quiet) in {DATE} .
{PER} (painted|mapped|crossed) {LOC} (twice|for {ORG}) .
(Nobody|Hardly anyone) was hurt when a (van|boat|crane) of {ORG} hit a wall in {LOC} .
The bill for the bridge at {LOC} is paid by {ORG} .
"Grace and hope , " {PER} told {ORG} , "are what {LOC} needs . "
`
  .trim()
  .split("\n");

/** The words of a sentence, each with its tag. */
function makeSentence(split: Split): string[] {
  let pattern = pick(sentences);
  while (/\([^()]*\)/.test(pattern)) {
    pattern = pattern.replace(/\(([^()]*)\)/, (_, choices: string) => pick(choices.split("|")));
  }
  const rows: string[] = [];
  for (const piece of pattern.replaceAll('"', ' " ').trim().split(/ +/)) {
    const kind = /^\{(\w+)\}$/.exec(piece)?.[1] as Name | undefined;
    if (kind === undefined) {
      rows.push(`${piece} O`);
      continue;
    }
    const words = pick(makers[kind])(split).split(" ");
    for (const [place, word] of words.entries()) rows.push(`${word} ${place === 0 ? "B" : "I"}-${kind}`);
  }
  return rows;
}

const seen = new Set<string>();
for (const [split, size] of Object.entries(SIZES) as [Split, number][]) {
  const made: string[] = [];
  while (made.length < size) {
    const rows = makeSentence(split).join("\n");
    if (seen.has(rows)) continue;
    seen.add(rows);
    made.push(rows);
  }
  writeFileSync(new URL(`${split}.conll`, import.meta.url), `${made.join("\n\n")}\n`);
}
