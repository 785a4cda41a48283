/**
 * The questions of `@clack/prompts`. `pnpm build` puts its code into the built file (`scripts/bundle-libraries.ts`), so that an
 * installation brings this part of it instead of five packages.
 */
export { autocomplete, cancel, confirm, intro, log, select, text } from "@clack/prompts";
