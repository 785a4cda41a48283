/** The entry of the command line: runs the arguments and sets the exit code. */
import { runCli } from "./cli.ts";
import { reportError } from "./exit.ts";
import { guardStandardStreams } from "./standard-streams.ts";

guardStandardStreams();
// What nobody waited for, such as a promise in a plugin, ends the process like all else: with one message.
process.on("uncaughtException", (error) => process.exit(reportError(error)));
try {
  process.exitCode = await runCli(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error);
}
