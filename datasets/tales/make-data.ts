/**
 * Makes short tales of people in a valley that is not on any map: `node make-data.ts`. A small grammar draws who a tale is about, what
 * they own and where it happens, and every sentence keeps to that: names, pronouns, numbers and colours agree through a whole tale, which
 * a model has to remember for longer than a few words.
 */
import { writeFileSync } from "node:fs";

const TALES = { train: 900, dev: 90, test: 90 };

/** A Lehmer generator (Park & Miller 1988): the same numbers on every machine. */
let state = 20_260_117;
function uniform(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

function oneOf<Item>(items: readonly Item[]): Item {
  return items[Math.floor(uniform() * items.length)] as Item;
}

const people = [
  ...["Anna", "Berta", "Clara", "Dora", "Edda", "Frida", "Greta", "Hilda", "Ida", "Jutta", "Lena", "Marta"].map(
    (name) => ({ name, he: "she", him: "her", his: "her" }),
  ),
  ...["Albin", "Bruno", "Carl", "David", "Emil", "Falk", "Georg", "Hugo", "Ivan", "Jonas", "Lukas", "Martin"].map(
    (name) => ({ name, he: "he", him: "him", his: "his" }),
  ),
] as const;
type Person = (typeof people)[number];

const trades = [
  { who: "baker", makes: "loaves", with: "oven", at: "bakery" },
  { who: "smith", makes: "horseshoes", with: "hammer", at: "forge" },
  { who: "weaver", makes: "blankets", with: "loom", at: "weaving room" },
  { who: "potter", makes: "bowls", with: "wheel", at: "kiln" },
  { who: "fisher", makes: "nets", with: "needle", at: "boathouse" },
  { who: "beekeeper", makes: "jars of honey", with: "smoker", at: "orchard" },
  { who: "carpenter", makes: "chairs", with: "plane", at: "workshop" },
  { who: "miller", makes: "sacks of flour", with: "millstone", at: "mill" },
] as const;

const animals = ["goat", "dog", "donkey", "cat", "goose", "pony", "raven", "hen"] as const;
const colours = ["red", "blue", "green", "yellow", "white", "black", "grey", "brown"] as const;
const things = ["door", "cart", "lantern", "scarf", "boat", "bench", "kettle", "gate"] as const;
const villages = ["Altmoor", "Birkendal", "Corvin", "Dunmere", "Eschwald", "Farnach", "Grimsau", "Holmby"] as const;
const places = ["bridge", "well", "market", "chapel", "river", "old oak", "hill", "ferry"] as const;
const seasons = ["spring", "summer", "autumn", "winter"] as const;
const weather = {
  spring: ["the snow had melted", "the cherries were in bloom", "the lambs were out"],
  summer: ["the hay lay in rows", "the nights were short", "the river ran low"],
  autumn: ["the leaves had turned", "the mist stood in the fields", "the apples were picked"],
  winter: ["the roofs were white", "the pond was frozen", "the days were dark"],
} as const;
const counts = ["two", "three", "four", "five", "six", "seven", "nine", "twelve"] as const;
const feelings = ["glad", "tired", "proud", "worried", "curious", "angry", "content", "sad"] as const;

interface Tale {
  readonly hero: Person;
  readonly friend: Person;
  readonly trade: (typeof trades)[number];
  readonly animal: string;
  readonly colour: string;
  readonly thing: string;
  readonly village: string;
  readonly place: string;
  readonly season: (typeof seasons)[number];
  readonly count: string;
}

function newTale(): Tale {
  const hero = oneOf(people);
  const friend = oneOf(people.filter(({ name }) => name !== hero.name));
  return {
    ...{ hero, friend, trade: oneOf(trades), animal: oneOf(animals), colour: oneOf(colours), thing: oneOf(things) },
    ...{ village: oneOf(villages), place: oneOf(places), season: oneOf(seasons), count: oneOf(counts) },
  };
}

type Sentence = (tale: Tale) => string;

const openings: readonly Sentence[] = [
  ({ hero, trade, village }) => `${hero.name} was a ${trade.who} in ${village}.`,
  ({ hero, trade, village }) => `In ${village} there lived a ${trade.who} whose name was ${hero.name}.`,
  ({ hero, trade, village }) => `Everybody in ${village} knew ${hero.name}, the ${trade.who}.`,
  ({ hero, trade, village }) => `There was no better ${trade.who} in ${village} than ${hero.name}.`,
];

const settings: readonly Sentence[] = [
  ({ hero, thing, colour }) => `${title(hero.he)} had a ${colour} ${thing}, and ${hero.he} was fond of it.`,
  ({ hero, animal, trade }) => `${title(hero.his)} ${animal} slept beside the ${trade.with}.`,
  ({ hero, animal }) => `A ${animal} followed ${hero.him} wherever ${hero.he} went.`,
  ({ season, trade }) => `It was ${season}, ${oneOf(weather[season])}, and the ${trade.at} was quiet.`,
  ({ hero, colour, thing }) => `The ${thing} that ${hero.name} owned was ${colour}.`,
  ({ season }) => `That ${season} ${oneOf(weather[season])} early.`,
];

const events: readonly Sentence[] = [
  ({ hero, count, trade, place }) => `One morning ${hero.he} carried ${count} ${trade.makes} to the ${place}.`,
  ({ hero, friend, place }) => `At the ${place} ${hero.he} met ${friend.name}, who was ${oneOf(feelings)}.`,
  ({ friend, count, trade }) => `"I need ${count} ${trade.makes} before the evening," said ${friend.name}.`,
  ({ hero, friend, thing }) => `"Have you seen my ${thing}?" ${hero.name} asked ${friend.name}.`,
  ({ friend, colour, thing, place }) => `"I saw a ${colour} ${thing} near the ${place}," said ${friend.name}.`,
  ({ animal, hero, place }) => `Then the ${animal} ran off towards the ${place}, and ${hero.he} ran after it.`,
  ({ count, trade, hero }) => `The ${trade.makes} that ${hero.he} had made were good, all ${count} of them.`,
  ({ count, trade, place }) => `By noon the ${trade.makes} at the ${place} were gone; there had been ${count}.`,
  ({ hero, friend }) => `${hero.name} laughed, and ${friend.name} laughed with ${hero.him}.`,
  ({ hero, friend, trade }) =>
    `${friend.name} had once worked with ${hero.him} at the ${trade.at}, but ${friend.he} had left.`,
  ({ hero, trade }) => `${title(hero.he)} thought of ${hero.his} ${trade.with} and of the work that waited.`,
  ({ hero }) => `For a while ${hero.he} was ${oneOf(feelings)}, and then ${hero.he} was ${oneOf(feelings)}.`,
  ({ hero, thing, colour, friend }) => `${title(hero.he)} lent the ${colour} ${thing} to ${friend.name} for a day.`,
  ({ place, village }) => `The road from ${village} to the ${place} was long.`,
];

const endings: readonly Sentence[] = [
  ({ hero, village }) => `In the evening ${hero.name} went home to ${village}.`,
  ({ hero, animal, trade }) => `So ${hero.he} and the ${animal} went back to the ${trade.at}.`,
  ({ hero, colour, thing }) => `The ${colour} ${thing} was still there, and ${hero.name} was content.`,
  ({ hero, friend, season }) => `${hero.name} and ${friend.name} stayed friends, that ${season} and after.`,
  ({ trade, village, hero }) => `To this day they say in ${village}: nobody was a ${trade.who} like ${hero.name}.`,
];

/** Different ones, in the order of the list. */
function some<Item>(items: readonly Item[], count: number): Item[] {
  const left = new Set(items.keys());
  while (left.size > count) left.delete(oneOf([...left]));
  return items.filter((_, place) => left.has(place));
}

function title(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

/** A tale: a line for each part of it. */
function write(tale: Tale): string {
  const say = (sentences: readonly Sentence[]) => sentences.map((sentence) => sentence(tale)).join(" ");
  const told = some(events, 4 + Math.floor(uniform() * 4));
  const middle = Math.ceil(told.length / 2);
  return [
    say([oneOf(openings), ...some(settings, 2)]),
    say(told.slice(0, middle)),
    say(told.slice(middle)),
    say([oneOf(endings)]),
  ].join("\n");
}

for (const [split, count] of Object.entries(TALES)) {
  const tales = Array.from({ length: count }, () => write(newTale()));
  writeFileSync(new URL(`${split}.txt`, import.meta.url), `${tales.join("\n\n")}\n`);
}
