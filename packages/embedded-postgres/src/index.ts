/**
 * A Postgres that needs no installation, for `acked serve` without DATABASE_URL.
 *
 * @packageDocumentation
 */
export {
  DataDirInUseError,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "./start.js";
export { runningPostgres } from "./running.js";
