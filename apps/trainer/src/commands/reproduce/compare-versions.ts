/** Compares what a run was computed by with this process: versions of the arithmetic, of Cellstate, and of tables of the runtime. */
import { numericsChanges, numericsVersion } from "@cellstate/tensor";
import { type ConfigLock, driftOf } from "../../run/config-lock.ts";
import { CELLSTATE_VERSION } from "../../version.ts";
import { Difference } from "./difference.ts";

/**
 * Another version of the arithmetic gives other bits by its definition, so nothing has to be trained to know it.
 *
 * @throws {Difference} that says what lies between the versions
 */
export function requireSameNumerics({ numericsVersion: before, cellstate }: ConfigLock): void {
  if (before === numericsVersion) return;
  const between = `numericsVersion: ${before} in the run, ${numericsVersion} in this Cellstate`;
  if (before > numericsVersion) {
    throw new Difference(`${between}, which is older and does not know what changed; update it`);
  }
  const changes = Object.entries(numericsChanges).filter(([version]) => Number(version) > before);
  const told = changes.map(([version, change]) => `since version ${version} ${change}`).join("; ");
  throw new Difference(`${between}: ${told}; Cellstate ${cellstate}, which the run began with, repeats it`);
}

/** Why a repetition may differ, in words; nothing where all is as it was. */
export function versionChanges(lock: ConfigLock): string[] {
  const ofCode =
    lock.cellstate === CELLSTATE_VERSION
      ? []
      : [`the run began with Cellstate ${lock.cellstate} and this is ${CELLSTATE_VERSION}`];
  return [...ofCode, ...driftOf(lock, lock.numericsVersion)];
}
