import { readConfig, type Config } from "../../src/config/config.js";

/** The configuration of a server that is measured: it also shows its metrics, by which the load knows that it may begin. */
export function ackedConfig(): Config {
  const env = { ...process.env, PORT: "0", LOG_LEVEL: "silent" };
  return { ...readConfig(env), metricsPort: "same" };
}
