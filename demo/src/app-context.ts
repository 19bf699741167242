import { createContext, useContext } from "react";
import type { App } from "./app.js";

/** Gives the app to its components. */
export const AppContext = createContext<App | null>(null);

/** The app that a component belongs to. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("Not within an app.");
  return app;
}
