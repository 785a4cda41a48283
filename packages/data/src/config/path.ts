/** A path in a config: marked, so that whoever reads the config can resolve it against the folder of the file that holds it. */
import { z } from "zod";

/** A name of something that comes along, or a path. */
export const nameOrPathConfig = z.string().min(1).meta({ format: "name-or-path" });

/** The path of a file; relative ones begin at the config that names them. */
export const pathConfig = z.string().min(1).meta({ format: "path" });
