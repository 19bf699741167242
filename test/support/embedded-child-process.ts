import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The account that a child runs as; null for the account of this process. */
export type As = { uid: number; gid: number } | null;

/** A process of its own with an embedded Postgres. */
export interface EmbeddedChild {
  readonly process: ChildProcess;
  /** The output of the child: a URL, or the message of the error that ended its start. */
  readonly said: Promise<{ url?: string; error?: string }>;
  readonly exited: Promise<unknown>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts {@link file://./embedded-child.ts} on a data directory. */
export type StartChild = (dataDir: string, as?: As) => EmbeddedChild;

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Makes JavaScript of the child and what it imports, as Node 20 runs no TypeScript. Below
 * `node_modules`, so that the packages they import are found.
 */
export async function buildEmbeddedChild(): Promise<{
  start: StartChild;
  remove: () => Promise<void>;
}> {
  const cache = join(root, "node_modules/.cache/acked-test");
  await mkdir(cache, { recursive: true });
  const out = await mkdtemp(join(cache, "child-"));
  await writeFile(join(out, "package.json"), `{"type":"module"}`);
  const sources = "packages/embedded-postgres/src";
  const modules = (await readdir(join(root, sources))).map(
    (name) => `${sources}/${name}`,
  );
  for (const path of [...modules, "test/support/embedded-child.ts"]) {
    const source = await readFile(join(root, path), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2023,
      },
    });
    const target = join(out, path.replace(/\.ts$/, ".js"));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, outputText);
  }
  // The ordinary user that some tests run the child as can read it too.
  await chmod(out, 0o755);
  return {
    start: (dataDir, as = null) =>
      startChild(join(out, "test/support/embedded-child.js"), dataDir, as),
    remove: () => rm(out, { recursive: true, force: true }),
  };
}

function startChild(script: string, dataDir: string, as: As): EmbeddedChild {
  const child = spawn(process.execPath, [script, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
    ...as,
  });
  const exited = once(child, "exit");
  const said = (async () => {
    for await (const line of createInterface({ input: child.stdout }))
      return JSON.parse(line) as { url?: string; error?: string };
    return { error: "the child ended without a word" };
  })();
  return {
    process: child,
    said,
    exited,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
