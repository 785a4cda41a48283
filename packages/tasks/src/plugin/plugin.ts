/** Plugins: components and tasks of one's own under names that configs then know. Nothing is registered anywhere: lists are passed along. */
import { poolingNames, recurrentKindNames } from "@cellstate/lstm-core";
import { nearestName } from "@cellstate/tensor";
import { classificationMetrics, meanLoss, optimizers, schedules } from "@cellstate/training";
import { CROSS_ENTROPY } from "../classify/config.ts";
import { PluginError } from "../errors.ts";
import type { Task } from "../task.ts";
import { tasks as shippedTasks } from "../tasks.ts";
import { type Components, joinComponents, noComponents } from "./components.ts";

/** What a plugin brings; each list may be left out. */
export interface PluginParts extends Partial<Components> {
  /** Kinds of experiments: `task`. */
  readonly tasks?: readonly Task[];
}

/** A plugin whose parts have been looked at. */
export interface Plugin extends Components {
  readonly tasks: readonly Task[];
}

/** What is known of each list of a plugin. */
interface ListRules {
  /** As messages call one of them. */
  readonly one: string;
  /** What makes one. */
  readonly by: string;
  /** The key of its name. */
  readonly nameKey: string;
  /** Keys that it must have besides, with their types. */
  readonly needs: Readonly<Record<string, "object" | "function" | "string">>;
  /** Names that come along. */
  readonly taken: () => readonly string[];
}

const choice = { description: "string", options: "object" } as const;

const lists: { readonly [Name in keyof Plugin]: ListRules } = {
  cells: {
    one: "cell",
    by: "defineCell of @cellstate/lstm-core",
    nameKey: "kind",
    needs: { ...choice, build: "function" },
    taken: () => recurrentKindNames,
  },
  poolings: {
    one: "pooling",
    by: "hand: { name, description, Pooling }, where Pooling is a class",
    nameKey: "name",
    needs: { description: "string", Pooling: "function" },
    taken: () => poolingNames,
  },
  optimizers: {
    one: "optimizer",
    by: "defineOptimizer of @cellstate/training",
    nameKey: "kind",
    needs: { ...choice, create: "function" },
    taken: () => optimizers.map(({ kind }) => kind),
  },
  schedules: {
    one: "schedule",
    by: "defineSchedule of @cellstate/training",
    nameKey: "kind",
    needs: { ...choice, create: "function" },
    taken: () => schedules.map(({ kind }) => kind),
  },
  losses: {
    one: "loss",
    by: "defineLoss of @cellstate/tasks",
    nameKey: "kind",
    needs: { ...choice, compute: "function" },
    taken: () => [CROSS_ENTROPY],
  },
  metrics: {
    one: "metric",
    by: "defineMetric of @cellstate/training",
    nameKey: "name",
    needs: { description: "string" },
    taken: () => [meanLoss, ...classificationMetrics].map(({ info }) => info.name),
  },
  tasks: {
    one: "task",
    by: "defineTask of @cellstate/tasks",
    nameKey: "name",
    needs: { configSchema: "object", plan: "function" },
    taken: () => [],
  },
};

const listNames = Object.keys(lists) as (keyof Plugin)[];

/** Names as configs have them. */
const NAME = /^\p{L}[\p{L}\p{N}_-]*$/u;

/**
 * A plugin of its parts, checked as far as JavaScript lets anybody pass anything.
 *
 * @throws {PluginError} if there is nothing in it, or something that is no component
 */
export function definePlugin(parts: PluginParts): Plugin {
  if (typeof parts !== "object" || parts === null || Array.isArray(parts)) {
    throw new PluginError(`expected definePlugin({ ${listNames.join(", ")} }), got ${describe(parts)}`);
  }
  const unknown = Object.keys(parts).find((name) => !Object.hasOwn(lists, name));
  if (unknown !== undefined) {
    const near = nearestName(unknown, listNames);
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    throw new PluginError(`expected lists among ${listNames.join(", ")}, got ${unknown}${hint}`);
  }
  for (const name of listNames) checkList(name, parts[name]);
  const plugin = { ...joinComponents(noComponents, parts), tasks: parts.tasks ?? [] };
  if (listNames.every((name) => plugin[name].length === 0)) {
    throw new PluginError(`brings nothing: expected something in one of the lists ${listNames.join(", ")}`);
  }
  return plugin;
}

function checkList(name: keyof Plugin, list: unknown): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new PluginError(`expected ${name} to be a list, got ${describe(list)}`);
  for (const [index, item] of list.entries()) {
    const { nameKey, needs, by } = lists[name];
    const what = `${name}[${index}]`;
    if ((typeof item !== "object" && typeof item !== "function") || item === null) {
      throw new PluginError(`expected ${what} to be made by ${by}, got ${describe(item)}`);
    }
    const own = nameOf(name, item);
    if (typeof own !== "string" || !NAME.test(own)) {
      throw new PluginError(
        `expected ${what}.${nameKey} to be a name of letters, digits, - and _, got ${describe(own)}`,
      );
    }
    for (const [key, type] of Object.entries(needs)) {
      const value = (item as Readonly<Record<string, unknown>>)[key];
      if (typeof value === type && value !== null) continue;
      throw new PluginError(`expected ${what} (${own}) to have ${key}, got ${describe(value)}; it is made by ${by}`);
    }
  }
}

function nameOf(list: keyof Plugin, item: unknown): unknown {
  const named = list === "metrics" ? (item as { readonly info?: unknown }).info : item;
  return (named as Readonly<Record<string, unknown>> | undefined)?.[lists[list].nameKey];
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  return value === null || typeof value !== "object" ? String(value) : "an object";
}

/**
 * The tasks that there are with some plugins: theirs, and the others with what the plugins add to their choices.
 *
 * @param plugins  by what messages call them, such as their files
 * @param tasks    the tasks without them. Default: those that come along
 * @throws {PluginError} if a name is taken; it says by whom
 */
export function tasksWith(
  plugins: ReadonlyMap<string, Plugin>,
  tasks: readonly Task[] = shippedTasks,
): readonly Task[] {
  requireFreeNames(plugins, tasks);
  const all = [...plugins.values()];
  const components = all.reduce<Components>(joinComponents, noComponents);
  return [...tasks, ...all.flatMap((plugin) => plugin.tasks)].map((task) => extended(task, components));
}

/** A task that was made of another one by hand keeps its name. */
function extended(task: Task, components: Components): Task {
  return task.extend === undefined ? task : { ...task.extend(components), name: task.name };
}

function requireFreeNames(plugins: ReadonlyMap<string, Plugin>, tasks: readonly Task[]): void {
  for (const list of listNames) {
    const { one, taken } = lists[list];
    const known = list === "tasks" ? tasks.map(({ name }) => name) : taken();
    const owners = new Map(known.map((name) => [name, "Cellstate"]));
    for (const [plugin, parts] of plugins) {
      for (const item of parts[list]) {
        const name = String(nameOf(list, item));
        const owner = owners.get(name);
        if (owner !== undefined) {
          const fault = owner === plugin ? " twice" : `, a name that ${owner} has already`;
          throw new PluginError(`brings the ${one} ${name}${fault}; choose another one`, plugin);
        }
        owners.set(name, plugin);
      }
    }
  }
}
