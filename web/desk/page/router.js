/** Where one is: `#/<page>/<rest>`, so that back, reload and links work without a server. */
import { signal } from "@preact/signals";

/** @typedef {{page: string, rest: string[], query: URLSearchParams}} Route */

/** @param {string} hash @returns {Route} */
function routeOf(hash) {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [page = "", ...rest] = path.split("/").filter(Boolean).map(decoded);
  return { page, rest, query: new URLSearchParams(query) };
}

/** @param {string} page @param {...string} rest */
export function href(page, ...rest) {
  return `#/${[page, ...rest].map(encodeURIComponent).join("/")}`;
}

/** What stands in the address; pages are drawn from it alone. */
export const route = signal(routeOf(location.hash));

addEventListener("hashchange", () => { route.value = routeOf(location.hash); });

/** @param {string} page @param {...string} rest */
export function go(page, ...rest) {
  location.hash = href(page, ...rest);
}

/** Go there without a step that leads back. @param {string} page @param {...string} rest */
export function replace(page, ...rest) {
  history.replaceState(null, "", href(page, ...rest));
  route.value = routeOf(location.hash);
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a percent sign that somebody typed
  }
}
