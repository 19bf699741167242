import { readFileSync } from "node:fs";
import { Gauge, type Registry } from "prom-client";
import { z } from "zod";

/** Says which build this is: 1, with its version and that of Node. */
export function buildInfo(registry: Registry): void {
  new Gauge({
    name: "acked_build_info",
    help: "1, with the version of Acked and of Node.",
    labelNames: ["version", "node"],
    registers: [registry],
  }).set({ version: ownVersion(), node: process.version }, 1);
}

/** The version of this package. */
export function ownVersion(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(manifest, "utf8"))).version;
}
