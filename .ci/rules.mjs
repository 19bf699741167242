// node .ci/rules.mjs
//
// Compares docs/RULES.md with the rest of the repository, and says in a sentence where they differ:
// a rule that is cited and not listed, a built rule that no test names, a file that does not exist.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const list = "docs/RULES.md";
/** The folders whose files may cite a rule. docs/RULES.md is among them: its own references count too. */
const citing = [
  ...["src", "packages/client/src", "test", "demo"],
  ...["bench", "docs", "schema"],
];
const readable = /\.(ts|tsx|mjs|js|md|graphql|sql|css|html|json)$/;
const skipped = new Set(["node_modules", "generated", "dist"]);
const ruleName = /\bR\d+a?\b/g;

/** Every readable file below a folder. */
function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (skipped.has(name)) return [];
    if (statSync(path).isDirectory()) return filesBelow(path);
    return readable.test(name) ? [path] : [];
  });
}

/** The rules of docs/RULES.md: a heading `### R1: Title`, a text, and lines `- Field: value`. */
function readRules() {
  return readFileSync(list, "utf8")
    .split(/^(?=#{2,3} )/m)
    .flatMap((section) => {
      const heading = /^### (R\d+a?): \S.*/.exec(section);
      return heading ? [{ name: heading[1], ...fieldsOf(section) }] : [];
    });
}

function fieldsOf(section) {
  const field = (name) =>
    new RegExp(`^- ${name}: (.*)$`, "m").exec(section)?.[1] ?? null;
  const paths = (name) =>
    [...(field(name) ?? "").matchAll(/`([^`]+\/[^`]+)`/g)].map(
      ([, path]) => path,
    );
  return {
    status: field("Status"),
    decidedIn: paths("Decided in"),
    tests: paths("Tests"),
  };
}

const rules = readRules();
const names = new Set(rules.map(({ name }) => name));
const texts = new Map(
  citing.flatMap(filesBelow).map((path) => [path, readFileSync(path, "utf8")]),
);
const namedIn = (path) =>
  new Set((texts.get(path) ?? "").match(ruleName) ?? []);
const namedInTests = new Set(
  [...texts.keys()]
    .filter((path) => path.startsWith("test/") && path.endsWith(".test.ts"))
    .flatMap((path) => [...namedIn(path)]),
);

/** What is wrong with one entry of the list. */
function problemsOf({ name, status, decidedIn, tests }) {
  if (status === "not built yet")
    return decidedIn.length + tests.length > 0
      ? [`${name} is not built yet, but ${list} names files for it.`]
      : [];
  if (status !== "built")
    return [`${name} has the status ${status}: say built or not built yet.`];
  return [
    ...(decidedIn.length === 0
      ? [`${name} has no place that decides it.`]
      : []),
    ...decidedIn
      .filter((path) => !existsSync(path))
      .map((path) => `${name} is decided in ${path}, which does not exist.`),
    ...(namedInTests.has(name)
      ? []
      : [`${name} is built, and no test names it.`]),
    ...tests.flatMap((path) => {
      if (!existsSync(path))
        return [`${name} is tested in ${path}, which does not exist.`];
      return namedIn(path).has(name)
        ? []
        : [`${name} is said to be tested in ${path}, which does not name it.`];
    }),
  ];
}

const repeated = rules
  .filter(({ name }, i) => rules.findIndex((r) => r.name === name) !== i)
  .map(({ name }) => `${name} is listed twice in ${list}.`);
const unlisted = [...texts.keys()].flatMap((path) =>
  [...namedIn(path)]
    .filter((name) => !names.has(name))
    .map((name) => `${name} is cited in ${path} and not listed in ${list}.`),
);
const problems = [...repeated, ...unlisted, ...rules.flatMap(problemsOf)];

for (const problem of problems) console.error(problem);
const built = rules.filter(({ status }) => status === "built").length;
console.log(`${rules.length} rules, ${built} of them built.`);
process.exitCode = rules.length > 0 && problems.length === 0 ? 0 : 1;
