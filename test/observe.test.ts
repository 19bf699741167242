import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { serverForFile } from "./support/for-file.js";
import { scrape, work } from "./support/metrics.js";

const server = serverForFile({ METRICS_PORT: "0" }, { sweepMs: 200 });

const read = (name: string) =>
  readFileSync(new URL(`../docs/deploy/${name}`, import.meta.url), "utf8");

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const dashboard = JSON.parse(read("grafana-dashboard.json")) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { query: string }[] };
};
const { groups } = parse(read("alerts.yaml")) as {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
};
const rules = groups.flatMap((group) => group.rules);
const guide = read("observe.md");

/** The names of metrics in a text: all of ours, and those of Node and the process. */
function metricsIn(text: string): string[] {
  return [
    ...new Set(text.match(/\b(?:acked|nodejs|process)_[a-z0-9_]+/g) ?? []),
  ];
}

/** The labels that an expression asks a metric for. */
function labelsIn(expr: string): { metric: string; label: string }[] {
  return [...expr.matchAll(/\b((?:acked|nodejs)_\w+)\{([^}]*)\}/g)].flatMap(
    ([, metric = "", labels = ""]) =>
      [...labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => ({
        metric,
        label,
      })),
  );
}

/** Labels that Prometheus adds. */
const added = new Set(["job", "instance"]);

describe("what docs/deploy shows of a node", () => {
  let names = new Set<string>();
  let labels = new Set<string>();
  let families = new Set<string>();

  beforeAll(async () => {
    await work(server);
    const samples = await scrape(server.metricsUrl);
    names = new Set(samples.map(({ name }) => name));
    labels = new Set(
      samples.flatMap((sample) =>
        Object.keys(sample.labels).map((label) => `${sample.name} ${label}`),
      ),
    );
    const text = await (await fetch(server.metricsUrl ?? "")).text();
    families = new Set(
      [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name),
    );
  });

  /** A family without series yet has a type all the same. */
  const isThere = (name: string) => names.has(name) || families.has(name);

  const expressions = () => [
    ...dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => [title, expr] as const),
    ),
    ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ];

  it("the dashboard and the alerts ask for metrics and labels that exist", () => {
    expect(expressions().length).toBeGreaterThan(40);
    for (const [where, expr] of expressions()) {
      for (const name of metricsIn(expr))
        expect(isThere(name), `${where}: ${name}`).toBe(true);
      for (const { metric, label } of labelsIn(expr))
        if (!added.has(label) && names.has(metric))
          expect(labels.has(`${metric} ${label}`), `${where}: ${label}`).toBe(
            true,
          );
    }
    for (const { query } of dashboard.templating.list)
      for (const name of metricsIn(query)) expect(names).toContain(name);
  });

  it("the dashboard shows every metric of ours, and the guide explains it", () => {
    const shown = dashboard.panels
      .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
      .join(" ");
    const ours = [...families].filter((name) => name.startsWith("acked_"));
    expect(ours.length).toBeGreaterThan(25);
    for (const name of ours) {
      expect(shown, name).toMatch(
        new RegExp(`\\b${name}(_bucket|_count|_sum)?\\b`),
      );
      expect(guide, name).toContain(`\`${name}\``);
    }
    for (const name of metricsIn(guide))
      expect(isThere(name), `observe.md: ${name}`).toBe(true);
  });

  it("every alert says what to do, here and in the guide", () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(["page", "ticket"], alert).toContain(labels.severity);
      expect(annotations["summary"], alert).toMatch(/\w/);
      expect(annotations["what_to_do"], alert).toMatch(/^[A-Z].{20,}\.$/);
      expect(guide, alert).toMatch(new RegExp(`^### ${alert}$`, "m"));
    }
    for (const [, heading] of guide.matchAll(/^### (Acked\w+)$/gm))
      expect(rules.map(({ alert }) => alert)).toContain(heading);
  });
});
