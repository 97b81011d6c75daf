/** As much of a browser as modules of the desk need that stand at its edge. */

/** @param {Record<string, string>} kept */
function storage(kept = {}) {
  const all = new Map(Object.entries(kept));
  const plain = {
    getItem: (name) => all.get(name) ?? null,
    setItem: (name, what) => { all.set(name, String(what)); },
    removeItem: (name) => { all.delete(name); },
  };
  return new Proxy(plain, {
    ownKeys: () => [...all.keys()],
    getOwnPropertyDescriptor: (_, name) => (all.has(name) ? { enumerable: true, configurable: true, value: all.get(name) } : undefined),
  });
}

/** Make the page; call it before what is tested is imported. @param {{search?: string, session?: Record<string, string>}} [at] */
export function makePage({ search = "", session = {} } = {}) {
  const heard = new EventTarget();
  const globals = {
    document: Object.assign(new EventTarget(), { visibilityState: "visible", hidden: false, documentElement: { dataset: {} } }),
    localStorage: storage(), sessionStorage: storage(session),
    location: { origin: "https://desk.example", search, hash: "", assigned: "", assign(to) { this.assigned = to; } },
    history: { replaceState() {} },
    addEventListener: heard.addEventListener.bind(heard), removeEventListener: heard.removeEventListener.bind(heard),
    dispatchEvent: heard.dispatchEvent.bind(heard),
  };
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** An answer of Cognito's with tokens of somebody. */
export const tokens = () => Response.json({ id_token: `e30.${btoa(JSON.stringify({ sub: "anna" }))}.`, expires_in: 3600 });

/** Let what is under way go on as far as it can without time. */
export const settled = async () => { for (let turn = 0; turn < 50; turn += 1) await Promise.resolve(); await new Promise((resolve) => setImmediate(resolve)); };
