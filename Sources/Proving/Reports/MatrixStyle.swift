extension KillMatrix {
    /// Colours keep a contrast of 4.5 to their letters, in light and in dark; the letters say the same without them.
    static let style = """
        :root { color-scheme: light dark; --ground: #fff; --text: #1a1c1f; --quiet: #5b6169; --line: #c9ced6;
          --panel: #f3f5f8; --green: #bfe5c6; --red: #f7b4ae; --amber: #f8dc9a; --violet: #d9c6f2; --blue: #c5dcf5; }
        @media (prefers-color-scheme: dark) { :root { --ground: #16181c; --text: #e6e8eb; --quiet: #a2a9b3;
          --line: #3a3f47; --panel: #20242a; --green: #1f5a2e; --red: #7d211b; --amber: #6a4d00; --violet: #4d3476;
          --blue: #1f4670; } }
        body { margin: 1.5rem; background: var(--ground); color: var(--text);
          font: 15px/1.45 system-ui, "DejaVu Sans", sans-serif; }
        h1 { font-size: 1.5rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 1.6rem 0 .5rem; }
        h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; } a { color: inherit; } code { font-size: .92em; }
        .verdict { padding: .6rem .8rem; border-left: .4rem solid; background: var(--panel); max-width: 70rem; }
        .verdict.good { border-color: #2d8a43; } .verdict.bad { border-color: #c5362c; }
        summary { font-size: 1.15rem; font-weight: 700; margin: 1.2rem 0 .4rem; cursor: pointer; }
        .missing { max-width: 80rem; } .meaning { color: var(--quiet); }
        .legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; margin: 1rem 0; list-style: none;
          font-size: .87rem; }
        .key { display: inline-block; min-width: 1.4em; min-height: 1.3em; vertical-align: middle; text-align: center; font-weight: 600;
          border: 1px solid var(--line); border-radius: 3px; }
        .frame { overflow: auto; max-height: 94vh; border: 1px solid var(--line); }
        .matrix { border-collapse: separate; border-spacing: 0; font-size: 12px; }
        .matrix th, .matrix td { border-right: 1px solid var(--line); border-bottom: 1px solid var(--line); padding: 0; }
        .matrix td { min-width: 21px; height: 20px; text-align: center; font-weight: 600; }
        .matrix td.pass { color: var(--quiet); font-weight: 400; }
        .matrix td a { display: block; text-decoration: none; line-height: 20px; }
        .matrix td a:hover, .matrix td a:focus { outline: 2px solid currentColor; outline-offset: -2px; }
        .matrix thead th { position: sticky; top: 0; z-index: 2; background: var(--panel); vertical-align: bottom;
          font-weight: 400; }
        .matrix thead th div { width: 21px; margin: 0 auto; }
        .matrix thead th div span { display: block; writing-mode: vertical-rl; transform: rotate(180deg);
          white-space: nowrap; max-height: min(31rem, 42vh); padding: 5px 0; line-height: 21px; overflow: hidden;
          text-overflow: ellipsis; }
        .matrix tbody th { position: sticky; left: 0; z-index: 1; background: var(--panel); text-align: left;
          font-weight: 400; white-space: nowrap; padding: 0 .6em 0 .4em; border-left: 5px solid transparent; }
        .matrix tbody th.bad { border-left-color: #c5362c; font-weight: 700; }
        .matrix tbody th.good { border-left-color: #2d8a43; }
        .matrix tbody th a { text-decoration: none; } .matrix tbody th a:hover { text-decoration: underline; }
        .matrix .corner { left: 0; z-index: 3; text-align: left; padding: .3em .5em; color: var(--quiet); }
        .matrix .corner span:last-child { float: right; }
        .matrix td.sum, .matrix thead th.sum { min-width: 2.2em; font-weight: 400; }
        .matrix thead th.sum { padding: .3em; text-align: center; color: var(--quiet); }
        .matrix td.sum.bad { font-weight: 700; }
        .matrix tbody tr:hover td, .matrix tbody tr:hover th { box-shadow: inset 0 -2px 0 var(--quiet); }
        .caught { background: var(--green); } .wrong, .alarm { background: var(--red); } .other { background: var(--blue); }
        .doubt { background: var(--amber); } .trouble { background: var(--violet); }
        .plain { border-collapse: collapse; font-size: .87rem; }
        .plain td, .plain th { border: 1px solid var(--line); padding: .15em .6em; text-align: left; }
        section { max-width: 80rem; } dl { margin: .4rem 0; } dt { margin-top: .45rem; } dd { margin: .1rem 0 .1rem 2rem; }
        dt:target, section:target h3 { outline: 2px solid currentColor; outline-offset: 2px; }
        @media print { .frame { max-height: none; overflow: visible; } }
        """
}
