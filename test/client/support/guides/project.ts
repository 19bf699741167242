import { execFile } from "node:child_process";
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Block } from "./blocks.js";

const run = promisify(execFile);

/** A project made of the guides' files, with `acked` and everything else installed. */
export interface GuideProject {
  /** Some of its files under `src`, as one module. */
  load<T>(...files: string[]): Promise<T>;
  /** Runs a bash block in it; answers what it printed. */
  bash(script: string, env?: Record<string, string>): Promise<string>;
  /** What the compiler says of it; empty where it is content. */
  typeCheck(): Promise<string>;
  remove(): Promise<void>;
}

const tsconfig = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2023", "dom", "dom.iterable"],
    module: "esnext",
    moduleResolution: "bundler",
    jsx: "react-jsx",
    skipLibCheck: true,
    types: ["node"],
  },
  include: ["src", "codegen.ts"],
};

/** `npx` of a project where everything is installed, and `acked` is run from its sources. */
const npx = `#!/bin/sh
name=$1; shift
[ "$name" != acked ] || exec ${process.execPath} --import ${import.meta.resolve("tsx")} ${resolve("src/main.ts")} "$@"
exec ${resolve("node_modules/.bin")}/$name "$@"
`;

/** Writes the blocks that are files into a new folder. */
export async function createGuideProject(
  blocks: readonly Block[],
): Promise<GuideProject> {
  const dir = await mkdtemp(join(tmpdir(), "acked-guides-"));
  const modules = join(dir, "node_modules");
  const client = join(modules, "@acked/client");
  await mkdir(client, { recursive: true });
  for (const name of await readdir("node_modules"))
    if (!name.startsWith(".") && name !== "@acked")
      await symlink(resolve("node_modules", name), join(modules, name));
  await symlink(resolve("packages/client/src"), join(client, "src"));
  await cp("schema.graphql", join(client, "schema.graphql"));
  const files: Record<string, string> = {
    "package.json": JSON.stringify({ type: "module" }),
    "tsconfig.json": JSON.stringify(tsconfig),
    "bin/npx": npx,
    "node_modules/@acked/client/package.json": JSON.stringify({
      name: "@acked/client",
      type: "module",
      exports: { ".": "./src/index.ts", "./*": "./src/*.ts" },
    }),
  };
  for (const { file, text } of blocks) if (file !== null) files[file] = text;
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  await chmod(join(dir, "bin/npx"), 0o755);

  return {
    async load<T>(...files: string[]) {
      const modules = await Promise.all(
        files.map((file) => import(join(dir, "src", file)) as Promise<object>),
      );
      return Object.assign({}, ...modules) as T;
    },
    async bash(script, env = {}) {
      const { stdout } = await run("bash", ["-euc", script], {
        cwd: dir,
        timeout: 60_000,
        env: {
          ...process.env,
          ...env,
          PATH: `${join(dir, "bin")}:${process.env["PATH"] ?? ""}`,
        },
      });
      return stdout;
    },
    typeCheck: () =>
      run(resolve("node_modules/.bin/tsc"), ["-p", "."], { cwd: dir }).then(
        () => "",
        (error: unknown) =>
          typeof error === "object" && error !== null && "stdout" in error
            ? String(error.stdout)
            : String(error),
      ),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
