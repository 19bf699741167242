import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Where the guides are. */
export const guidesDir = "docs/guides";

/** A fenced block of a guide. */
export interface Block {
  readonly guide: string;
  readonly language: string;
  /** The file that it is, where it is one: ```` ```ts file=src/session.ts ````. */
  readonly file: string | null;
  readonly text: string;
}

/** Every fenced block of every guide, in order. */
export async function readBlocks(): Promise<Block[]> {
  const guides = (await readdir(guidesDir)).filter((name) =>
    name.endsWith(".md"),
  );
  const texts = await Promise.all(
    guides.map((guide) => readFile(join(guidesDir, guide), "utf8")),
  );
  return texts.flatMap((text, i) => blocksOf(guides[i] ?? "", text));
}

/** Every fenced block of a page, in order. */
export function blocksOf(page: string, markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*)(?: file=(\S+))?\n(.*?)^```$/gms)].map(
    ([, language = "", file, text = ""]) => ({
      guide: page,
      language,
      file: file ?? null,
      text,
    }),
  );
}

/** The targets of a page's links that are not on the web, with what follows `#`. */
export function localLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** What a page's headings are called in links. */
export function anchorsOf(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
