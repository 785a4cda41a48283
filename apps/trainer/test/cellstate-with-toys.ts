/** `cellstate` with the toy tasks of `@cellstate/tasks`, as a user's own program would add tasks. */
import { tasks } from "@cellstate/tasks";
import { toyTasks } from "@cellstate/tasks/toys";
import { runCli } from "../src/cli.ts";
import { reportError } from "../src/exit.ts";

try {
  process.exitCode = await runCli(process.argv.slice(2), { tasks: [...tasks, ...(await toyTasks())] });
} catch (error) {
  process.exitCode = reportError(error);
}
