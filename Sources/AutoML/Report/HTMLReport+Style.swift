extension HTMLReport {
    static let style = """
        :root{--paper:#fff;--ink:#1d2430;--soft:#5b6675;--line:#dfe4ea;--panel:#f6f8fa;--blue:#2563a8;--blue2:#9cc0e4;\
        --orange:#c2571a;--green:#2f7d4f;--low:#2b6cb0;--high:#d1495b}
        @media (prefers-color-scheme:dark){:root{--paper:#14181e;--ink:#e6e9ee;--soft:#a0aab8;--line:#2d3540;--panel:#1b2129;\
        --blue:#6cabe8;--blue2:#2f5679;--orange:#ee9a62;--green:#71c191;--low:#6aa9e9;--high:#f07f8d}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,\
        "Helvetica Neue",Arial,sans-serif}
        main{max-width:940px;margin:0 auto;padding:48px 24px 64px}
        h1{font-size:2rem;line-height:1.2;margin:0 0 12px;font-weight:650;letter-spacing:-.01em}
        h2{font-size:1.3rem;margin:0 0 6px;font-weight:620}h3{font-size:1rem;margin:24px 0 8px;font-weight:600}
        p{margin:0 0 14px;max-width:70ch}.kind{color:var(--soft);margin:0 0 4px}
        section{margin-top:52px}section>p{color:var(--soft)}.note{color:var(--orange)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:14px;margin:24px 0 0}
        .tiles div{background:var(--panel);border-radius:10px;padding:14px 18px}
        dt{color:var(--soft);font-size:.85rem}dd{margin:2px 0 0;font-size:1.45rem;font-weight:600;font-variant-numeric:tabular-nums;\
        overflow-wrap:anywhere}
        dd small{display:block;font-size:.85rem;font-weight:400;color:var(--soft)}
        nav{display:flex;flex-wrap:wrap;gap:6px 18px;margin-top:28px;padding-top:16px;border-top:1px solid var(--line)}
        a{color:var(--blue);text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}
        .grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:20px 28px}
        figure{margin:12px 0 0;min-width:0}figure.wide{grid-column:1/-1}figcaption{color:var(--soft);font-size:.87rem;\
        margin-top:4px;max-width:70ch}
        svg{display:block;width:100%;height:auto;overflow:visible}
        svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--soft)}
        svg .name{fill:var(--ink);font-size:13px}svg .label{fill:var(--ink)}
        .grid{stroke:var(--line);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}
        .line{fill:none;stroke:var(--blue);stroke-width:2;stroke-linejoin:round}
        .second{fill:none;stroke:var(--orange);stroke-width:2;stroke-linejoin:round}
        .third{fill:none;stroke:var(--green);stroke-width:2;stroke-linejoin:round}
        .thin{fill:none;stroke:var(--soft);stroke-width:.7;opacity:.45}
        .dash{fill:none;stroke:var(--soft);stroke-width:1;stroke-dasharray:4 4}
        .band{fill:var(--blue);opacity:.16}.bar{fill:var(--blue)}.soft{fill:var(--blue2)}
        .whisker{stroke:var(--ink);stroke-width:1.6}.mark{stroke:var(--orange);stroke-width:1.3;stroke-dasharray:3 3}
        .dot{fill:var(--blue)}.best{fill:var(--orange)}.gone{fill:var(--soft);opacity:.55}
        .cell{fill:var(--blue)}.cellframe{fill:none;stroke:var(--line)}
        .k1{color:var(--blue)}.k2{color:var(--orange)}.k3{color:var(--green)}.k1,.k2,.k3{font-weight:600}
        .scroll{overflow-x:auto;margin-top:12px}
        table{border-collapse:collapse;width:100%;font-size:.93rem;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
        th{color:var(--soft);font-weight:500;font-size:.85rem}.n{text-align:right}.n+td:not(.n),.n+th:not(.n){padding-left:18px}
        footer{margin-top:56px;padding-top:14px;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}
        @media print{:root{--paper:#fff;--ink:#111;--soft:#444;--line:#ccc;--panel:#f4f4f4;--blue:#2563a8;--blue2:#9cc0e4;\
        --orange:#b04a10;--green:#2a6f46;--low:#2b6cb0;--high:#c63b4e}
        body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}nav{display:none}
        section{margin-top:26pt}figure,tr{break-inside:avoid}h2,h3,section>p{break-after:avoid;break-inside:avoid}.scroll{overflow:visible}
        .grid2{grid-template-columns:1fr 1fr}a{color:inherit}}
        """
}
