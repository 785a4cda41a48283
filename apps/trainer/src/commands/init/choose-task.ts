/** Which task the data are for, and which columns it reads: as the caller says, else as the tasks themselves guess. */
import type { ColumnNames, Columns } from "@cellstate/data";
import { nearest } from "@cellstate/files/yaml";
import { type Certainty, type DataFacts, type Guess, type Starter, starters } from "@cellstate/tasks/starters";
import { UsageError } from "../../errors.ts";
import { formatTable, formatWhole } from "../../terminal/format.ts";

export interface Choice {
  readonly starter: Starter;
  readonly columns: Columns;
  readonly certainty: Certainty;
  readonly reasons: readonly string[];
}

/** What the caller has said. */
export interface Given {
  readonly task: string | undefined;
  readonly columns: Columns;
}

/** Characters of a value that the table shows. */
const SHOWN_CHARACTERS = 24;

const ORDER: readonly Certainty[] = ["sure", "likely", "a guess", "hardly"];

/**
 * The task whose guess is the surest.
 *
 * @throws {UsageError} if a name is unknown, or no task could be trained on the columns: with all that was seen, and what settles it
 */
export function chooseTask(data: DataFacts, given: Given): Choice {
  const { able, best } = guessesOf(data, given);
  if (best !== undefined) return best;
  throw new UsageError(
    `${faultOf(able)}${mediaHint(data)}\nThis was seen, in ${formatWhole(data.rows)} rows:\n${tableOf(data)}`,
  );
}

/** What each task that could be meant makes of the data. */
export interface Guesses {
  readonly able: readonly { readonly starter: Starter; readonly guess: Guess }[];
  /** The surest; undefined where no task could be trained on the columns without more being said. */
  readonly best: Choice | undefined;
}

/** @throws {UsageError} if a name is unknown */
export function guessesOf(data: DataFacts, given: Given): Guesses {
  for (const names of Object.values(given.columns)) for (const name of [names].flat()) requireColumn(data, name);
  const able = startersFor(given).map((starter) => ({ starter, guess: starter.guess(data, given.columns) }));
  const found = able.flatMap(({ starter, guess }) =>
    guess.columns === undefined
      ? []
      : [{ starter, ...guess, ...(given.task === undefined ? {} : { certainty: "sure" as const }) }],
  );
  return { able, best: ORDER.flatMap((certainty) => found.filter((one) => one.certainty === certainty))[0] };
}

/** Columns of a role for a sentence: `` `title` and `body` ``. */
export function columnText(columns: ColumnNames): string {
  return [columns]
    .flat()
    .map((name) => `\`${name}\``)
    .join(" and ");
}

function startersFor({ task, columns }: Given): readonly Starter[] {
  const tasks = starters.map((starter) => starter.task);
  if (task !== undefined && !tasks.includes(task)) {
    const near = nearest(task, tasks);
    throw new UsageError(
      `--task ${task}: init begins ${tasks.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  const ofTask = starters.filter((starter) => task === undefined || starter.task === task);
  const roles = Object.keys(columns);
  const able = ofTask.filter((starter) => roles.every((role) => allRoles(starter).includes(role)));
  if (able.length > 0) return able;
  const known = ofTask.map((starter) => `${starter.task}: ${allRoles(starter).join(", ")}`);
  throw new UsageError(`--columns: no task reads ${roles.join(" and ")}; roles are ${known.join("; ")}`);
}

function allRoles({ roles, optionalRoles = [] }: Starter): readonly string[] {
  return [...roles, ...optionalRoles];
}

function requireColumn({ columns }: DataFacts, name: string): void {
  const names = columns.map((column) => column.name);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError(`--columns: there is no column ${JSON.stringify(name)}; there are ${names.join(", ")}${hint}`);
}

function faultOf(guesses: readonly { readonly starter: Starter; readonly guess: Guess }[]): string {
  const open = guesses.flatMap(({ starter, guess }) =>
    guess.columns === undefined && guess.fault === "open" ? [{ task: starter.task, reason: guess.reason }] : [],
  );
  if (open.length > 0) {
    const each = [...new Set(open.map(({ reason }) => reason))].map((reason) => `  ${reason}`);
    const settles = "--task and --columns <role>=<column> settle it";
    return `cannot guess which columns to learn from; ${settles}:\n${each.join("\n")}`;
  }
  const each = guesses.map(
    ({ starter, guess }) => `  ${starter.task}: ${guess.columns === undefined ? guess.reason : ""}`,
  );
  return `there is no task for these data that init knows:\n${each.join("\n")}\nColumns that were overlooked are named by --columns <role>=<column>.`;
}

/** What to do where rows name files of another kind. */
function mediaHint({ columns }: DataFacts): string {
  const named = columns.find(({ first }) => /\.(wav|mp3|flac|ogg|png|jpe?g|gif|bmp|webp)$/i.test(first));
  if (named === undefined) return "";
  return `\n\`${named.name}\` names recordings or images, such as ${named.first}. No task that comes along reads them; a task of your own can, as a plugin (docs/configs.md).`;
}

function tableOf({ columns }: DataFacts): string {
  const rows = columns.map(({ name, distinct, values, meanLength, numbers, blank, first }) => [
    name,
    values === undefined ? `${formatWhole(distinct)} or more` : formatWhole(distinct),
    meanLength.toFixed(1),
    `${Math.round(100 * numbers)} %`,
    formatWhole(blank),
    first.length > SHOWN_CHARACTERS ? `${first.slice(0, SHOWN_CHARACTERS)}...` : first,
  ]);
  return formatTable([["column", "different", "mean words", "numbers", "empty", "first"], ...rows]).trimEnd();
}
