import { defaultReturn, pause, returnMs } from "../back-off.js";
import type { Connectivity } from "../connectivity.js";
import { isPassing, type Failure } from "../failure.js";
import type { SomeVariables } from "../subscription.js";
import type { TypedDocument } from "../typed-document.js";
import type { Reading, Source } from "./source.js";

/** Pages of a list, as one list. The same object until something changes. */
export interface Pages<Node> {
  readonly nodes: readonly Node[];
  /** False until the first page is there. */
  readonly isLoaded: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Why the newest reading failed. What fails for a while is tried again. */
  readonly failure: Failure | null;
}

/** The list that is read in pages. */
export interface PagesOptions<
  Data,
  Variables extends SomeVariables,
  Node extends { readonly id: string },
> {
  readonly source: Source;
  readonly connectivity: Connectivity;
  readonly document: TypedDocument<Data, Variables>;
  readonly variables: NoInfer<Variables>;
  /** The page in an answer, and the variables of the page after it: null where it is the last one. */
  readonly pageOf: (data: Data) => {
    readonly nodes: readonly Node[];
    readonly next: NoInfer<Partial<Variables>> | null;
  };
  readonly compare: (a: Node, b: Node) => number;
}

/** A list in pages, in the form that React's `useSyncExternalStore` takes. */
export interface PagedList<Node> {
  /** Reads the list while there are listeners. Returns how to remove the listener. */
  subscribe(listener: () => void): () => void;
  /** What is known of the list. */
  get(): Pages<Node>;
  /** Reads the next page. */
  more(): void;
}

/** One page that is watched. */
interface Page<Data> {
  readonly key: string;
  reading: Reading<Data>;
  stop: () => void;
}

const nothing = { data: undefined, failure: null, isLoading: true } as const;

/**
 * Watches pages of a list: each is a query of its own, and begins where the page before it ends. Where that place
 * moves, because a page was read anew, the pages after it follow, so the list has no holes.
 */
export function createPagedList<
  Data,
  Variables extends SomeVariables,
  Node extends { readonly id: string },
>(options: PagesOptions<Data, Variables, Node>): PagedList<Node> {
  const { source, connectivity, document, pageOf, compare } = options;
  const listeners = new Set<() => void>();
  const pages: Page<Data>[] = [];
  let wanted = 1;
  let isArranging = false;
  let shown: Pages<Node> | null = null;

  /** Opens the pages that are wanted, each after the one before it. */
  function arrange(): void {
    // A watch may call back before it returns: the loop then sees what it told.
    if (isArranging) return;
    isArranging = true;
    let variables: Variables | null = options.variables;
    for (let i = 0; i < wanted && variables; i++) {
      const key = JSON.stringify(variables);
      if (pages[i]?.key !== key) open(i, key, variables);
      const next: Partial<Variables> | null = nextOf(pages[i]);
      variables = next && { ...options.variables, ...next };
    }
    isArranging = false;
    shown = null;
    for (const listener of [...listeners]) listener();
  }

  function open(i: number, key: string, variables: Variables): void {
    const before = pages[i];
    before?.stop();
    const page: Page<Data> = {
      key,
      reading: before?.reading ?? nothing,
      stop: () => undefined,
    };
    pages[i] = page;
    page.stop = watchPatiently<Data>(
      (listener) => source.watch(document, variables, listener),
      connectivity,
      ({ data = page.reading.data, ...reading }) => {
        page.reading = { data, ...reading };
        if (pages.includes(page)) arrange();
      },
    );
  }

  function nextOf(page: Page<Data> | undefined): Partial<Variables> | null {
    return page?.reading.data ? pageOf(page.reading.data).next : null;
  }

  function look(): Pages<Node> {
    const nodes = new Map<string, Node>();
    for (const { reading } of [...pages].reverse())
      if (reading.data)
        for (const node of pageOf(reading.data).nodes) nodes.set(node.id, node);
    return {
      nodes: [...nodes.values()].sort(compare),
      isLoaded: pages[0]?.reading.data !== undefined,
      hasMore: nextOf(pages.at(-1)) !== null,
      isLoadingMore: pages.length > 1 && !pages.at(-1)?.reading.data,
      failure:
        pages.find(({ reading }) => reading.failure)?.reading.failure ?? null,
    };
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) arrange();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        for (const { stop } of pages.splice(0)) stop();
        wanted = 1;
      };
    },
    get: () => (shown ??= look()),
    more() {
      if (wanted > pages.length || nextOf(pages.at(-1)) === null) return;
      wanted++;
      arrange();
    },
  };
}

/** Watches a query; where it fails for a while, it is tried again after a back-off. */
function watchPatiently<Data>(
  watch: (listener: (reading: Reading<Data>) => void) => () => void,
  connectivity: Connectivity,
  listener: (reading: Reading<Data>) => void,
): () => void {
  const stopping = new AbortController();
  let attempt = 0;
  let stop = (): void => undefined;

  function begin(): void {
    stop();
    let isTriedAgain = false;
    stop = watch((reading) => {
      if (stopping.signal.aborted) return;
      listener(reading);
      const { failure } = reading;
      if (!failure) attempt = 0;
      else if (isPassing(failure) && !isTriedAgain) {
        isTriedAgain = true;
        const ms = returnMs(defaultReturn, attempt++, failure.retryAfterMs);
        void pause(ms, stopping.signal, connectivity).then(() => {
          if (!stopping.signal.aborted) begin();
        });
      }
    });
  }
  begin();
  return () => {
    stopping.abort();
    stop();
  };
}
