import { vi } from "vitest";

/** How much of an element is in view, as IntersectionObserver tells it. */
interface View {
  readonly ratio: number;
  /** Of the part in view, in pixels. */
  readonly height?: number;
}

/** The part of a browser that {@link createSeenObserver} looks at; its window is 600 pixels high. */
export class FakeBrowser {
  readonly document = Object.assign(new EventTarget(), {
    visibilityState: "visible",
    hasFocus: () => this.hasFocus,
  });
  readonly window = new EventTarget();
  private hasFocus = true;
  private readonly views = new Map<Element, View>();
  private readonly observers = new Set<FakeObserver>();

  constructor() {
    const { views, observers } = this;
    vi.stubGlobal("document", this.document);
    for (const name of ["addEventListener", "removeEventListener"] as const)
      vi.stubGlobal(name, this.window[name].bind(this.window));
    vi.stubGlobal("innerHeight", 600);
    vi.stubGlobal(
      "IntersectionObserver",
      class extends FakeObserver {
        constructor(callback: IntersectionObserverCallback) {
          super(callback, (element) => views.get(element));
          observers.add(this);
        }
      },
    );
  }

  /** An element that is out of view. */
  element(): Element {
    return Object.create(null) as Element;
  }

  /** Scrolls: these elements come into view so far, or leave it. */
  scroll(...views: readonly (readonly [Element, View])[]): void {
    for (const [element, view] of views) this.views.set(element, view);
    for (const observer of this.observers)
      observer.tell(views.map(([element]) => element));
  }

  focus(): void {
    this.hasFocus = true;
    this.window.dispatchEvent(new Event("focus"));
  }

  blur(): void {
    this.hasFocus = false;
  }

  show(): void {
    this.document.visibilityState = "visible";
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  hide(): void {
    this.document.visibilityState = "hidden";
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  /** How many elements are watched. */
  get watched(): number {
    return [...this.observers].reduce(
      (n, { elements }) => n + elements.size,
      0,
    );
  }
}

class FakeObserver {
  readonly elements = new Set<Element>();
  private readonly callback: IntersectionObserverCallback;
  private readonly viewOf: (element: Element) => View | undefined;

  constructor(
    callback: IntersectionObserverCallback,
    viewOf: (element: Element) => View | undefined,
  ) {
    this.callback = callback;
    this.viewOf = viewOf;
  }

  observe(element: Element): void {
    this.elements.add(element);
    this.tell([element]);
  }

  unobserve(element: Element): void {
    this.elements.delete(element);
  }

  disconnect(): void {
    this.elements.clear();
  }

  tell(elements: readonly Element[]): void {
    const entries = elements
      .filter((element) => this.elements.has(element))
      .map((target) => {
        const { ratio, height = 0 } = this.viewOf(target) ?? { ratio: 0 };
        return {
          target,
          isIntersecting: ratio > 0,
          intersectionRatio: ratio,
          intersectionRect: { height },
          rootBounds: { height: 600 },
        } as IntersectionObserverEntry;
      });
    if (entries.length > 0)
      this.callback(entries, this as unknown as IntersectionObserver);
  }
}
