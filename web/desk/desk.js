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

/** In both languages, because the desk's own words may be what did not come. */
const NOT_LOADED = [
  { lang: "en", words: "The desk could not be loaded.", again: "Try again" },
  { lang: "it", words: "Non è stato possibile caricare lo sportello.", again: "Riprova" },
];

function NotLoaded() {
  return html`
    <main class="welcome">
      <h1>Sportello</h1>
      ${NOT_LOADED.map(({ lang, words, again }) => html`
        <div key=${lang} lang=${lang} class="notice late" role="alert">
          <span>${words}</span>
          <button type="button" onClick=${() => location.reload()}>${again}</button>
        </div>`)}
    </main>`;
}

start().catch(() => render(html`<${NotLoaded} />`, page));
