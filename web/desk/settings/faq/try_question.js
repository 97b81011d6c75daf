/** What the draft makes of a question: which entry answers and why, or that a person would be asked. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { Problem, wordsOf } from "../../api/problem.js";
import { languageName, percent } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { ChoiceField, TextField } from "../content/fields.js";
import { known } from "../content/known.js";
import { withChange } from "./entries.js";
import { askAll, entryThatAnswers, forgetTest, keepTest, LONGEST_QUESTION, MOST_TESTS, probe, tests } from "./probing.js";

/** @typedef {import("./entries.js").FaqDocument} FaqDocument */
/** @typedef {import("./probing.js").Probed} Probed */

/** @param {{document: FaqDocument, change: (next: FaqDocument) => void, chosen: string | null, readOnly: boolean}} props */
export function TryQuestion({ document, change, chosen, readOnly }) {
  const [question, setQuestion] = useState("");
  const [language, setLanguage] = useState("");
  const [asked, setAsked] = useState(/** @type {{question: string, language: string, document: FaqDocument, probed: Probed} | null} */ (null));
  const [trouble, setTrouble] = useState("");
  const [isAsking, setAsking] = useState(false);
  const wanted = question.trim();
  const tooLong = [...wanted].length > LONGEST_QUESTION;
  const ask = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!wanted || isAsking || tooLong) return;
    setAsking(true);
    setTrouble("");
    try {
      setAsked({ question: wanted, language, document, probed: await probe(wanted, language, document) });
    } catch (error) {
      setTrouble(probeTrouble(error));
    }
    setAsking(false);
  };
  const languages = [{ value: "", label: t("faq.try.any_language") },
    ...known.value.languages.map((code) => ({ value: code, label: languageName(code) }))];
  return html`
    <section class="panel try" aria-labelledby="try-question">
      <h2 id="try-question">${t("faq.try")}</h2>
      <form class="fields" onSubmit=${ask}>
        <${TextField} label=${t("faq.try.question")} value=${question} most=${LONGEST_QUESTION} onChange=${setQuestion} />
        <${ChoiceField} label=${t("faq.try.language")} value=${language} options=${languages} onChange=${setLanguage} />
        <div class="buttons"><button type="submit" disabled=${!wanted || tooLong} aria-disabled=${isAsking}>${t("faq.try.ask")}</button></div>
      </form>
      <div role="status">
        ${trouble && html`<p class="notice late">${trouble}</p>`}
        ${asked && html`<${Verdict} probed=${asked.probed} question=${asked.question} />`}
        ${asked && asked.document !== document && html`<p class="notice due">${t("faq.try.changed")}</p>`}
      </div>
      ${asked && html`
        <${Nearest} ...${{ asked, document, change, readOnly }} />
        ${asked.probed.outcome !== "nothing" && html`
          <div class="buttons"><button type="button" onClick=${() => keepTest(asked.question, asked.language, entryThatAnswers(asked.probed))}>${t("faq.test.keep")}</button></div>`}`}
      <${Tests} document=${document} chosen=${chosen} />
    </section>`;
}

/** A draft that would be refused cannot be asked: say what is wrong with it. @param {unknown} error */
function probeTrouble(error) {
  if (error instanceof Problem && error.status === 404) return t("content.probe_not_there");
  return error instanceof Problem && error.status === 422 ? `${t("faq.try.draft_refused")} ${wordsOf(error)}` : wordsOf(error);
}

/** @param {{probed: Probed, question: string}} props */
function Verdict({ probed, question }) {
  const understood = t("faq.try.understood", { language: languageName(probed.language) });
  const sure = probed.nearest.find((near) => near.id === probed.answer?.id);
  if (probed.outcome === "nothing") return html`<p class="notice off">${t("faq.try.nothing")} ${understood}</p>`;
  if (!probed.answer) {
    return html`
      <div class="notice due"><span><b>${t("faq.try.person")}</b> ${t(`faq.reason.${probed.reason ?? "unknown_question"}`, { least: percent(probed.threshold) })} ${understood}</span></div>`;
  }
  return html`
    <div class="verdict">
      <p class="notice ok"><span><b>${t("faq.try.answered", { id: probed.answer.id })}</b>${" "}
        ${sure && t("faq.try.why", { question: sure.question, sure: percent(sure.confidence), least: percent(probed.threshold) })} ${understood}</span></p>
      <p class="said-to-bot">${question}</p>
      <p class="said-by-bot" lang=${probed.language}>${probed.answer.text}</p>
      ${probed.answer.promise && html`<p class="muted">${t("faq.try.promises")}</p>`}
    </div>`;
}

/** The entries that came nearest, each a place for the question. @param {{asked: {question: string, probed: Probed}, document: FaqDocument, change: (next: FaqDocument) => void, readOnly: boolean}} props */
function Nearest({ asked: { question, probed }, document, change, readOnly }) {
  if (!probed.nearest.length) return html`<p class="muted">${t("faq.try.none_near")}</p>`;
  const own = document.entries[probed.language] ?? [];
  const add = (/** @type {string} */ id, /** @type {string[]} */ questions) =>
    change(withChange(document, id, probed.language, { questions: [...questions, question] }));
  return html`
    <h3>${t("faq.try.nearest")}</h3>
    <ol class="nearest">
      ${probed.nearest.map((near) => {
        const entry = own.find((one) => one.id === near.id);
        return html`
          <li key=${near.id}>
            <b>${near.id}</b> <span class="muted">${percent(near.confidence)}</span>
            <span lang=${probed.language}>${near.question}</span>
            ${near.particulars_differ && html`<span class="muted">${t("faq.try.particulars_differ")}</span>`}
            ${entry && !readOnly && !entry.questions.includes(question) && html`
              <button type="button" class="link" onClick=${() => add(near.id, entry.questions)}>
                ${t("faq.try.add_here")}<span class="aside-only"> ${near.id}</span>
              </button>`}
          </li>`;
      })}
    </ol>`;
}

/** @param {{document: FaqDocument, chosen: string | null}} props those of the entry that is chosen, else all */
function Tests({ document, chosen }) {
  const [isAsking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState("");
  const shown = chosen === null ? tests.value : tests.value.filter((test) => [chosen, null].includes(test.expected) || test.got === chosen);
  if (!tests.value.length) return html`<p class="muted">${t("faq.test.none")}</p>`;
  const ask = async () => {
    setAsking(true);
    setTrouble("");
    try {
      await askAll(document);
    } catch (error) {
      setTrouble(probeTrouble(error));
    }
    setAsking(false);
  };
  const failed = tests.value.filter((test) => test.got !== test.expected).length;
  return html`
    <h3>${t("faq.tests")}</h3>
    <p class="muted">${t("faq.tests.kept", { most: MOST_TESTS })}</p>
    <ul class="tests">${shown.map((test) => html`<${TestRow} key=${test.language + test.question} test=${test} />`)}</ul>
    ${chosen !== null && shown.length < tests.value.length && html`<p class="muted">${t("faq.tests.others", { count: tests.value.length - shown.length })}</p>`}
    <p role="status" class=${failed ? "trouble" : "muted"}>${trouble || (isAsking ? t("faq.tests.asking") : failed ? t("faq.tests.failed", { count: failed }) : t("faq.tests.passed"))}</p>
    <div class="buttons"><button type="button" disabled=${isAsking} onClick=${() => void ask()}>${t("faq.tests.ask", { count: tests.value.length })}</button></div>`;
}

/** @param {{test: import("./probing.js").Test}} props */
function TestRow({ test }) {
  const passes = test.got === test.expected;
  const called = (/** @type {string | null | undefined} */ id) => id ?? t("faq.test.person");
  return html`
    <li>
      <span>${test.question}</span>
      <span class="pill ${passes ? "ok" : "late"}">${passes
        ? t("faq.test.passes", { id: called(test.expected) })
        : t("faq.test.fails", { expected: called(test.expected), got: called(test.got) })}</span>
      <button type="button" class="link" onClick=${() => forgetTest(test)}>${t("faq.test.forget")}<span class="aside-only"> ${test.question}</span></button>
    </li>`;
}
