/** Where the page begins: what is there to know, who is signed in, and then the desk. */
import { html, render } from "htm/preact";
import { setApi } from "./api/api.js";
import { Desk } from "./frame/desk.js";
import { loadWords } from "./language/words.js";
import { startSession } from "./session/session.js";

const page = /** @type {HTMLElement} */ (document.getElementById("desk"));

async function start() {
  const [config] = await Promise.all([
    fetch("/config.json", { cache: "no-cache" }).then((answer) => answer.json()),
    loadWords(),
  ]);
  setApi(config.api);
  await startSession(config);
  render(html`<${Desk} live=${config.live} />`, page);
}

/** Words of both languages: those of the desk may be what did not come. */
function NotLoaded() {
  return html`
    <main class="welcome">
      <h1>Sportello</h1>
      <p class="notice late" role="alert">Sportello could not be loaded. <span lang="it">Non è stato possibile caricare Sportello.</span></p>
      <button type="button" class="main" onClick=${() => location.reload()}>Try again · <span lang="it">Riprova</span></button>
    </main>`;
}

start().catch(() => render(html`<${NotLoaded} />`, page));
