// What the configs beside this file name under `plugins`.
import { definePlugin } from "@cellstate/tasks";
import { byLetters, errorRate, updateGate } from "./parts.mjs";

export default definePlugin({ cells: [updateGate], metrics: [errorRate], tasks: [byLetters] });
