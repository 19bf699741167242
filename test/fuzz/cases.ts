import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Step } from "./steps.js";

/** Steps that failed once, in the order of their names. */
export interface Case {
  /** What was wrong. */
  readonly found: string;
  /** The seed of the run that found it; null where it was found in another way. */
  readonly seed: number | null;
  readonly steps: readonly Step[];
}

const folder = new URL("cases/", import.meta.url).pathname;

/** All cases, by the names of their files. */
export function keptCases(): (Case & { readonly name: string })[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => ({
      name: name.replace(/\.json$/, ""),
      ...(expanded(
        JSON.parse(readFileSync(join(folder, name), "utf8")),
      ) as Case),
    }));
}

/**
 * Writes a case that was found, to be read and committed with the repair.
 * @returns its path
 */
export function keepCase(found: Case): string {
  const text = `${JSON.stringify(found, null, 2)}\n`;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const to = process.env["CI"] ? ".ci/artefacts/fuzz" : folder;
  mkdirSync(to, { recursive: true });
  const path = join(to, `found-${hash}.json`);
  writeFileSync(path, text);
  return path;
}

/**
 * `{ "repeat": [text, times] }` stands for a text that would be too long to read, with `%i` for the number
 * of the repetition; `{ "join": […] }` for a text in pieces.
 */
function expanded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expanded);
  if (typeof value !== "object" || value === null) return value;
  if ("repeat" in value) {
    const [text, times] = value.repeat as [string, number];
    return Array.from({ length: times }, (_, i) =>
      text.replaceAll("%i", String(i)).replaceAll("%j", String(i + 1)),
    ).join("");
  }
  if ("join" in value) return (expanded(value.join) as string[]).join("");
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, expanded(each)]),
  );
}
