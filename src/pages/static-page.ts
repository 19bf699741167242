import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, FastifyReply } from "fastify";

/** A page that `npm run build` made, and the names of the files that it loads. */
export interface BuiltPage {
  readonly html: Buffer;
  readonly folder: string;
  readonly assets: readonly string[];
}

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
};

/** The output of `npm run build`. The path is the same from `src/pages` and from `dist/pages`. */
const built = new URL("../../dist/", import.meta.url);

/**
 * Finds a built page.
 * @param name a folder of `dist`
 * @returns null where the page was not built
 */
export async function findBuiltPage(name: string): Promise<BuiltPage | null> {
  const folder = fileURLToPath(new URL(`${name}/`, built));
  try {
    return {
      html: await readFile(join(folder, "index.html")),
      folder: join(folder, "assets"),
      assets: await readdir(join(folder, "assets")),
    };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return null;
    throw error;
  }
}

function contentTypeOf(name: string): string {
  return contentTypes[extname(name)] ?? "application/octet-stream";
}

/**
 * Serves the files that a page loads, each under its name. The names change with the content, so
 * browsers may keep the files for ever. Files are read when they are asked for: an editor has megabytes.
 */
export function serveAssets(
  app: FastifyInstance,
  path: string,
  { folder, assets }: BuiltPage,
): void {
  for (const name of assets)
    app.get(`${path}/${name}`, async (_, reply) =>
      reply
        .header("cache-control", "public, max-age=31536000, immutable")
        .type(contentTypeOf(name))
        .send(await readFile(join(folder, name))),
    );
}

/** The sources from which a page may load, where pages differ: values of Content-Security-Policy. */
export interface PageSources {
  readonly styles: string;
  readonly fonts?: string;
  /** Pages that the page may show in frames. */
  readonly frames?: string;
  /** Pages that may show the page in a frame. */
  readonly ancestors: string;
}

/**
 * Sends a page that a browser must not keep. The page loads from this server alone, and connects to
 * this server alone.
 */
export function sendPage(
  reply: FastifyReply,
  sources: PageSources,
  html: string | Buffer,
): FastifyReply {
  return reply
    .header("content-security-policy", contentSecurityPolicy(sources))
    .type("text/html; charset=utf-8")
    .send(html);
}

/** `'self'` is the page's host by HTTP and by WebSocket (CSP 3, 6.7.2.8), so no host is spelt out. */
function contentSecurityPolicy({
  styles,
  fonts,
  frames,
  ancestors,
}: PageSources): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    ...(fonts === undefined ? [] : [`font-src ${fonts}`]),
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ...(frames === undefined ? [] : [`frame-src ${frames}`]),
    `frame-ancestors ${ancestors}`,
  ].join("; ");
}

/** Answers without the page: text is sent as plain text, an object as JSON. */
export function refuse(
  reply: FastifyReply,
  status: number,
  answer: string | object,
): FastifyReply {
  return reply.status(status).send(answer);
}
