/** Light or dark as the reader's system is; no colour says what no word or shape says. */
export const style = `
:root { color-scheme: light dark; --good: #17692b; --bad: #a8071a; --line: #c8c8c8; --dim: #595959 }
@media (prefers-color-scheme: dark) {
  :root { --good: #7fd694; --bad: #ff9a93; --line: #505050; --dim: #ababab }
}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 1.5rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2rem 0 0 } h1 span { font-weight: 400 }
p { margin: .3rem 0 } .dim, th { color: var(--dim) }
#state { font-weight: 600 } .applied { color: var(--good) } .pending, .problem { color: var(--bad) }
.stale main { opacity: .5 }
.wide { overflow-x: auto; margin: .8rem 0 }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
caption { text-align: left; font-weight: 600 }
th, td { text-align: left; vertical-align: top; padding: .2rem 1.2rem .2rem 0; border-bottom: 1px solid var(--line); max-width: 26rem }
th, td, h1, h2, p, summary { overflow-wrap: break-word; unicode-bidi: isolate }
tbody th { color: inherit; font-weight: 400 } thead th, time, .hash { white-space: nowrap }
.hash { font-family: ui-monospace, monospace }
.line { width: 100%; height: 36px; margin-top: .6rem; overflow: visible; stroke: var(--line); fill: none }
.line svg { overflow: visible } .line text { stroke: none; fill: var(--dim); font-size: 12px; text-anchor: middle }
.line g { stroke: currentColor; stroke-width: 2 } .line circle { fill: currentColor } .line .untouched { fill: Canvas }
.key { font-size: .8rem; white-space: pre-wrap }
:focus-visible { outline: 2px solid Highlight; outline-offset: 2px }
@media (max-width: 46rem) {
  table, caption, tbody, tbody tr, tbody th, tbody td { display: block; max-width: none } thead { display: block; position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tbody tr { border-bottom: 1px solid var(--line); padding: .3rem 0 } tbody th, tbody td { border: 0; padding: 0 } tbody th { font-weight: 600 }
  td:empty { display: none } td::before { content: attr(data-head) ": "; color: var(--dim) }
}
`;
