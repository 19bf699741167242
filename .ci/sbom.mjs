// node .ci/sbom.mjs FILE
//
// Writes a bill of materials of all that ships, in CycloneDX's form, from package-lock.json. `npm sbom --omit dev`
// would leave out everything that a build tool needs as well: 112 of 358 packages, `graphql` and `ws` among them
// (npm 11.19). So npm lists all packages, and those that the lockfile marks as development's go.
//
// Fails where the bill is not whole: every package that ships is there, with an address and a digest.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const [file = ".ci/artefacts/sbom.cdx.json"] = process.argv.slice(2);
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const ships = new Set(
  Object.entries(packages)
    .filter(([path, { dev, link }]) => {
      // Workspaces are no packages of others; npm lists them with the root.
      return path.includes("node_modules/") && !dev && !link;
    })
    .map(([path, { name, version }]) => {
      return `${name ?? path.split("node_modules/").at(-1)}@${version}`;
    }),
);

const bill = JSON.parse(
  execFileSync(
    "npm",
    ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"],
    { encoding: "utf8", maxBuffer: 64 * 1_024 * 1_024 },
  ),
);
const root = bill.metadata.component;
// npm takes the name of the folder.
root.name = packages[""].name;
const isShipped = ({ name, version }) => ships.has(`${name}@${version}`);
const components = bill.components.filter(isShipped);
const references = new Set([
  root["bom-ref"],
  ...components.map((component) => component["bom-ref"]),
]);
const dependencies = bill.dependencies
  .filter(({ ref }) => references.has(ref))
  .map(({ ref, dependsOn }) => ({
    ref,
    dependsOn: dependsOn.filter((each) => references.has(each)),
  }));
mkdirSync(dirname(file), { recursive: true });
writeFileSync(
  file,
  `${JSON.stringify({ ...bill, components, dependencies }, null, 2)}\n`,
);

const listed = new Set(
  components.map(({ name, version }) => `${name}@${version}`),
);
const problems = [
  ...(bill.bomFormat === "CycloneDX" ? [] : ["It is not CycloneDX."]),
  ...[...ships]
    .filter((each) => !listed.has(each))
    .map((each) => `${each} is missing.`),
  ...components
    .filter(({ purl, hashes = [] }) => !purl || hashes.length === 0)
    .map(({ name }) => `${name} has no address or no digest.`),
];
for (const problem of problems) console.error(problem);
console.log(`${components.length} packages in ${file}`);
process.exitCode = problems.length === 0 ? 0 : 1;
