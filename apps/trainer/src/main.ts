/** The entry of the command line: runs the arguments and sets the exit code. */
import { runCli } from "./cli.ts";
import { reportError } from "./exit.ts";
import { guardStandardStreams } from "./standard-streams.ts";

guardStandardStreams();
try {
  process.exitCode = await runCli(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error);
}
