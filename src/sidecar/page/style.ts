/** Light or dark as the reader's system is; no colour says what no word says. */
export const style = `
:root { color-scheme: light dark; --good: #17692b; --bad: #a8071a; --line: #c8c8c8; --dim: #595959 }
@media (prefers-color-scheme: dark) {
  :root { --good: #7fd694; --bad: #ff9a93; --line: #505050; --dim: #ababab }
}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 1.5rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2rem 0 0 }
p { margin: .3rem 0 } .dim, th { color: var(--dim) }
#state { font-weight: 600 } .applied { color: var(--good) } .pending, .problem { color: var(--bad) }
.stale main { opacity: .5 }
.wide { overflow-x: auto; margin: .8rem 0 }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
caption { text-align: left; font-weight: 600 }
th, td { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid var(--line) }
tbody th { color: inherit; font-weight: 400 } th, td, p { overflow-wrap: anywhere; unicode-bidi: isolate }
td:first-child, th:first-child { min-width: 6rem }
.hash { font-family: ui-monospace, monospace; white-space: nowrap }
:focus-visible { outline: 2px solid Highlight; outline-offset: 2px }
`;
