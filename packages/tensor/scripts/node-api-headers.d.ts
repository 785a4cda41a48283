/** The one name that the build uses of a package without types. */
declare module "node-api-headers" {
  /** Folder of `node_api.h`. */
  export const include_dir: string;
}
