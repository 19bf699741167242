import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";

/** A file that a page loads. Its path changes with its content, so browsers may keep it for ever. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Makes an asset of content whose name says nothing of the content: a hash in the path does. */
export function hashedAsset(folder: string, name: string, body: Buffer): Asset {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  return {
    path: `${folder}/${stem}-${hash}${extension}`,
    type: contentTypeOf(name),
    body,
  };
}

/** Loads the files of a directory, whose names already change with their content. */
export async function assetsIn(
  directory: string,
  folder: string,
): Promise<Asset[]> {
  const names = await readdir(directory);
  return Promise.all(
    names.map(async (name) => ({
      path: `${folder}/${name}`,
      type: contentTypeOf(name),
      body: await readFile(join(directory, name)),
    })),
  );
}

function contentTypeOf(name: string): string {
  return contentTypes[extname(name)] ?? "application/octet-stream";
}

/** Serves each asset under its path. */
export function serveAssets(
  app: FastifyInstance,
  assets: readonly Asset[],
): void {
  for (const { path, type, body } of assets)
    app.get(path, (_, reply) =>
      reply
        .header("cache-control", "public, max-age=31536000, immutable")
        .type(type)
        .send(body),
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
