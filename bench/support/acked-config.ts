import { readConfig, type Config } from "../../src/config/config.js";
import { fairLimits, type FairLimits } from "../../src/fair/limits.js";

/**
 * The configuration of a server that is measured: it also shows its metrics, by which the load knows that it may
 * begin, and a few users may ask as much as many do elsewhere.
 */
export function ackedConfig(): Config {
  const env = { ...process.env, PORT: "0", LOG_LEVEL: "silent" };
  return { ...readConfig(env), metricsPort: "same", fair: withoutRates() };
}

/** The shares of users, and rates that no measurement reaches. */
function withoutRates(): FairLimits {
  const { user, service, address } = fairLimits;
  const endless = { points: Number.MAX_SAFE_INTEGER, seconds: 60 };
  const rates = {
    ...{ connections: endless, marks: endless, sends: endless },
    ...{ conversations: endless, additions: endless },
    cost: endless,
  };
  return {
    user: { ...user, rates },
    service: { ...service, rates },
    address,
  };
}
