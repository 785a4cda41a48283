/** Packages that single commands need and that `npm install cellstate` leaves out, since they are large. */
import { UsageError } from "../errors.ts";

/**
 * What `load` imports with the help of such a package.
 *
 * @throws {UsageError} saying how to install it where it is missing
 */
export async function withPackage<Loaded>(name: string, load: () => Promise<Loaded>): Promise<Loaded> {
  try {
    return await load();
  } catch (error) {
    const { code, message = "" } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes(`'${name}'`)) throw error;
    throw new UsageError(
      `this command needs the package ${name}, which cellstate does not bring along: npm install ${name}`,
    );
  }
}
