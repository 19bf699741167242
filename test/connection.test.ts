import { expect, it } from "vitest";
import { forwardConnection } from "../src/graphql/connection.js";

it("seals a cursor when it is asked for, and once: a page of nodes seals none", () => {
  const sealed: number[] = [];
  const cursorOf = (node: number) => {
    sealed.push(node);
    return `${node}: ${sealed.length}`;
  };
  const { nodes, edges, pageInfo } = forwardConnection(
    ...([[1, 2, 3, 4], 3, cursorOf, false] as const),
  );
  expect(nodes).toEqual([1, 2, 3]);
  expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  expect(edges.map(({ node }) => node)).toEqual([1, 2, 3]);
  expect(sealed).toEqual([]);
  expect(pageInfo.endCursor).toBe("3: 1");
  expect(edges.map(({ cursor }) => cursor)).toEqual(["1: 2", "2: 3", "3: 1"]);
  expect(pageInfo.startCursor).toBe("1: 2");
  expect(sealed).toEqual([3, 1, 2]);
});
