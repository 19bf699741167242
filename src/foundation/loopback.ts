import { isIPv4 } from "node:net";

/** Whether a host's name or address, without a port, is this machine as only this machine reaches it. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (bare === "localhost" || bare === "::1") return true;
  const mapped = bare.startsWith("::ffff:") ? bare.slice(7) : bare;
  return isIPv4(mapped) && mapped.startsWith("127.");
}
