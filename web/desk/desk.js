/** Where the page begins: what is there to know, who is signed in, and then the desk. */
import { html, render } from "htm/preact";
import { setApi } from "./api/api.js";
import { Desk } from "./frame/desk.js";
import { loadWords } from "./language/words.js";
import { startSession } from "./session/session.js";

async function start() {
  const [config] = await Promise.all([
    fetch("/config.json", { cache: "no-cache" }).then((answer) => answer.json()),
    loadWords(),
  ]);
  setApi(config.api);
  await startSession(config);
  render(html`<${Desk} live=${config.live} />`, /** @type {HTMLElement} */ (document.getElementById("desk")));
}

void start();
