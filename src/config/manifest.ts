import { readFileSync } from "node:fs";
import { z } from "zod";

/** The texts of trusted documents by their ids. */
export type Manifest = ReadonlyMap<string, string>;

const longestId = 256;

const content = z.record(z.string().min(1).max(longestId), z.string().min(1));

/**
 * Reads manifests of trusted documents: JSON objects of an id and a text each, as GraphQL Code
 * Generator's client preset writes them.
 * @param paths files, separated by commas
 * @returns the documents of all files, or what is wrong, as the rest of a sentence
 */
export function readManifests(paths: string): Manifest | string {
  const manifest = new Map<string, string>();
  for (const path of paths.split(",").map((each) => each.trim())) {
    const read = readManifest(path);
    if (typeof read === "string") return `names ${path}, ${read}`;
    for (const [id, text] of Object.entries(read)) {
      if ((manifest.get(id) ?? text) !== text)
        return `names ${path}, which has another document under the id ${id}`;
      manifest.set(id, text);
    }
  }
  return manifest;
}

function readManifest(path: string): Record<string, string> | string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    return `which can't be read: ${String(code)}`;
  }
  try {
    const { data } = content.safeParse(JSON.parse(text));
    return data ?? "which is no JSON object of an id and a document each";
  } catch {
    return "which is not JSON";
  }
}
