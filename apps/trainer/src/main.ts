/** The entry of the command line: runs the arguments and sets the exit code. */
import { runCli } from "./cli.ts";
import { reportError } from "./exit.ts";

// A reader such as `head` may close the pipe early; that is its right.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

try {
  process.exitCode = await runCli(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error);
}
