import proxyAddr from "@fastify/proxy-addr";
import { z } from "zod";

const items = (text: string) => text.split(",").map((item) => item.trim());

/** Whether a text is an origin as browsers send it: of a site, or of an app such as `capacitor://localhost`. */
function isOrigin(text: string): boolean {
  if (/^https?:/i.test(text))
    return URL.canParse(text) && new URL(text).origin === text;
  return /^[a-z][a-z\d+.-]*:\/\/[a-z\d.-]+(:\d{1,5})?$/.test(text);
}

function isProxy(text: string): boolean {
  try {
    proxyAddr.compile(text);
    return text !== "";
  } catch {
    return false;
  }
}

/** Origins, separated by commas. */
export const originList = z
  .string()
  .transform(items)
  .refine(
    (origins) => origins.every(isOrigin),
    "must be origins as browsers send them, such as https://app.example, separated by commas",
  );

/** Addresses of proxies, separated by commas. */
export const proxyList = z
  .string()
  .transform(items)
  .refine(
    (proxies) => proxies.every(isProxy),
    "must be addresses such as 10.1.2.3, ranges such as 10.0.0.0/8, or loopback, linklocal or uniquelocal, separated by commas",
  );
