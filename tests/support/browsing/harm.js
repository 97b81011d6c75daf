// What a text that was taken for more than text has left in a page: a list of what is wrong.
(hit) => {
    const wrong = [];
    if (hit in window) wrong.push(`${hit} was set: something ran`);
    for (const violation of window.violations ?? []) wrong.push(`the policy had to stop ${violation}`);
    const runs = /^\s*(javascript|vbscript|data:(?!image\/|audio\/))/i;
    const leads = ["href", "src", "srcdoc", "action", "formaction", "data", "xlink:href"];
    for (const element of document.querySelectorAll("*")) {
        const name = element.localName;
        if (element.matches("head > link[rel=icon]")) continue;
        for (const { name: attribute, value } of element.attributes) {
            if (attribute.startsWith("on")) wrong.push(`<${name} ${attribute}>`);
            if (leads.includes(attribute) && (runs.test(value) || attribute === "srcdoc")) {
                wrong.push(`<${name} ${attribute}="${value.slice(0, 60)}">`);
            }
        }
        if (["iframe", "object", "embed", "base", "style"].includes(name)) wrong.push(`<${name}>`);
        if (name === "img" && element.getAttribute("src") === "x") wrong.push("<img src=x>");
        if (name === "script" && !["module", "importmap", "speculationrules"].includes(element.type)) {
            wrong.push("<script>");
        }
    }
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) {
        wrong.push(`the page is ${root.scrollWidth} pixels wide on a screen of ${root.clientWidth}`);
    }
    for (const pane of document.querySelectorAll("main, [role=log], [role=list], ul, dialog")) {
        const style = getComputedStyle(pane);
        const scrolls = ["auto", "scroll"].includes(style.overflowX);
        if (scrolls && pane.scrollWidth > pane.clientWidth + 1) {
            wrong.push(`<${pane.localName} class="${pane.className}"> scrolls sideways: ${pane.scrollWidth} in ${pane.clientWidth}`);
        }
    }
    return wrong;
}
