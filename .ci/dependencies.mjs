// node .ci/dependencies.mjs
//
// Fails where docs/dependencies.md, package.json and package-lock.json disagree on what ships and why; where
// a version that ships is a range, or is overridden, which holds for nobody who installs Acked; where a
// package of the lockfile has no digest; or where nobody has decided whether a package may run its script when
// it is installed.
import { readFileSync } from "node:fs";

const read = (path) => readFileSync(path, "utf8");
const { overrides, allowScripts } = JSON.parse(read("package.json"));
const { lockfileVersion, packages } = JSON.parse(read("package-lock.json"));
/** The dependencies of this repository's packages. */
const dependencies = Object.assign(
  {},
  ...Object.entries(packages)
    .filter(([path]) => !path.includes("node_modules/"))
    .map(([, own]) => own.dependencies),
);
const page = read("docs/dependencies.md");

/** The reasons in the table of the page, by package. */
const reasons = new Map(
  [...page.matchAll(/^\| `([^`]+)` +\| (.+?) +\|$/gm)].map(
    ([, name, reason]) => [name, reason],
  ),
);

const nameOf = (path) => path.split("node_modules/").at(-1);
const isExact = (version) => /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version);
/** Packages of this repository: the root, the workspaces, and npm's links to them. */
const isOwn = ([path, { link }]) => link || !path.includes("node_modules/");
const locked = Object.entries(packages).filter((entry) => !isOwn(entry));

/** The version in the lockfile; of a workspace, where npm's link leads. */
function versionOf(path) {
  const { link, resolved, version } = packages[path] ?? {};
  return link ? packages[resolved]?.version : version;
}

const problems = [
  ...Object.keys(dependencies)
    .filter((name) => (reasons.get(name) ?? "").length < 10)
    .map((name) => `${name} has no reason in the table.`),
  ...[...reasons.keys()]
    .filter((name) => !(name in dependencies))
    .map((name) => `${name} has a reason, and is no dependency.`),
  ...(overrides ? ["package.json has overrides."] : []),
  ...Object.entries(dependencies)
    .filter(([, version]) => !isExact(version))
    .map(([name, version]) => `${name} is ${version}: give one version.`),
  ...Object.entries(dependencies)
    .filter(([name, v]) => versionOf(`node_modules/${name}`) !== v)
    .map(([name]) => `${name} has another version in package-lock.json.`),
  ...(/^save-exact=true$/m.test(read(".npmrc"))
    ? []
    : [".npmrc does not say save-exact=true."]),
  ...(lockfileVersion === 3 ? [] : ["package-lock.json is not version 3."]),
  ...locked
    .filter(([, { integrity }]) => !/^sha512-/.test(integrity))
    .map(([path]) => `${path} has no SHA-512 digest in package-lock.json.`),
  ...locked
    .filter(([path, { hasInstallScript }]) => {
      return (
        hasInstallScript && typeof allowScripts[nameOf(path)] !== "boolean"
      );
    })
    .map(([path]) => `${nameOf(path)} has a script: name it in allowScripts.`),
  ...Object.keys(allowScripts)
    .filter((name) => !locked.some(([path]) => nameOf(path) === name))
    .map((name) => `allowScripts names ${name}, which is not installed.`),
];

for (const problem of problems) console.error(problem);
const ships = locked.filter(([, { dev }]) => !dev).length;
console.log(
  `${Object.keys(dependencies).length} dependencies with their reasons, ${ships} of ${locked.length} packages ship.`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
