"""How the page looks: on a screen, light or dark, wide or narrow, and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pagertree_async.reporting.palette import DARK, HEAT_DARK, HEAT_LIGHT, LIGHT, ON_PEOPLE, PEOPLE


def _colours(named: Mapping[str, str], heat: Sequence[tuple[str, str]]) -> str:
    steps = [(f"h{number}", f"t{number}") for number in range(len(heat))]
    several = {
        name: colour
        for names, colours in zip(steps, heat, strict=True)
        for name, colour in zip(names, colours, strict=True)
    }
    return "".join(f"--{name}:{colour};" for name, colour in {**named, **several}.items())


NAMED = "".join(
    f".{name}{{fill:var(--{name})}}"
    for name in ("critical", "high", "medium", "low", "silent", "other", "accent", "never")
)
HEAT = "".join(
    f".h{number}{{fill:var(--h{number})}}.t{number}{{fill:var(--t{number})}}" for number in range(len(HEAT_LIGHT))
)
PERSONS = "".join(f".p{number}{{fill:{colour}}}" for number, colour in enumerate(PEOPLE))

STYLE = f"""
:root{{color-scheme:light dark;{_colours(LIGHT, HEAT_LIGHT)}}}
@media (prefers-color-scheme:dark){{:root{{{_colours(DARK, HEAT_DARK)}}}}}
@media print{{:root{{color-scheme:light;{_colours(LIGHT, HEAT_LIGHT)}}}}}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
 -webkit-text-size-adjust:100%}}
header,main,footer{{max-width:1120px;margin:0 auto;padding:0 20px}}
header{{padding-top:28px}}
h1{{font-size:26px;line-height:1.25;margin:0 0 4px}}
h2{{font-size:19px;line-height:1.3;margin:0 0 4px}}
h3{{font-size:15px;margin:20px 0 6px}}
p{{margin:6px 0;max-width:100ch}}
figure{{margin:0}}
a{{color:var(--accent)}}
.faint,.note{{color:var(--faint)}}
.note{{font-size:13px}}
.warning,.missing{{border-left:4px solid var(--high);background:var(--panel);padding:8px 12px;border-radius:0 6px 6px 0;margin:10px 0}}
.missing{{border-color:var(--never)}}
.facts{{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:14px 0;font-size:14px}}
.facts dt{{color:var(--faint)}}
.facts dd{{margin:0;overflow-wrap:anywhere}}
nav ul{{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:12px 0 0;font-size:14px}}
.tiles{{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:12px;margin:20px 0 8px;padding:0;list-style:none}}
.tiles li{{border:1px solid var(--line);background:var(--panel);border-radius:8px;padding:12px 14px}}
.tiles b{{display:block;white-space:nowrap;font-size:20px;line-height:1.25;font-variant-numeric:tabular-nums}}
.tiles span{{display:block;color:var(--faint);font-size:13px}}
.two .tiles{{grid-template-columns:repeat(3,minmax(0,1fr));gap:8px;margin:10px 0}}
.two .tiles li{{padding:8px 10px}}
.two .tiles b{{font-size:16px}}
section{{border-top:1px solid var(--line);padding:24px 0 8px;margin-top:20px}}
.two{{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:8px 40px;align-items:start}}
.plot{{display:grid;grid-template-columns:44px minmax(0,1fr);margin:12px 0 4px}}
svg{{display:block;overflow:visible}}
svg text{{fill:var(--text);font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums;
 unicode-bidi:isolate}}
svg text.tick{{fill:var(--faint)}}
svg text.cell{{font-size:11px}}
.rule{{stroke:var(--line);stroke-width:1;shape-rendering:crispEdges}}
.hit{{fill:transparent}}
.hit:hover{{fill:var(--text);fill-opacity:.12}}
.gap{{fill:var(--h0)}}
.shift{{overflow:hidden}}
.shift rect{{stroke:var(--page);stroke-width:1}}
svg .shift text{{fill:{ON_PEOPLE}}}
svg .shift .cell{{font-size:10px}}
.legend{{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:8px 0;padding:0;font-size:13px;color:var(--faint)}}
.legend li{{display:flex;align-items:center;gap:6px;overflow-wrap:anywhere}}
.legend svg{{flex:none}}
.scroll{{overflow-x:auto}}
.scroll:focus-visible,summary:focus-visible,a:focus-visible{{outline:2px solid var(--accent);outline-offset:2px}}
table{{border-collapse:collapse;width:100%;font-size:14px;margin:8px 0}}
th,td{{text-align:left;padding:4px 10px 4px 0;vertical-align:middle}}
th{{font-weight:600;font-size:13px;color:var(--faint);vertical-align:bottom}}
tbody th{{font-weight:400;font-size:14px;color:var(--text)}}
tbody tr{{border-top:1px solid var(--line)}}
.bars .name{{width:30%;min-width:110px;overflow-wrap:anywhere}}
.bars .drawn{{width:auto;min-width:70px;padding-right:14px}}
.n{{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}}
.n:last-child{{padding-right:0}}
.small{{width:auto}}
.small td,.small th{{padding-right:20px}}
tr.rest th,tr.rest td{{color:var(--faint)}}
details{{margin:8px 0 14px;font-size:14px}}
summary{{cursor:pointer;color:var(--accent);width:max-content;max-width:100%}}
footer{{margin-top:28px;padding-bottom:40px;font-size:13px;color:var(--faint)}}
footer p{{border-top:1px solid var(--line);padding-top:14px;max-width:none}}
{NAMED}{HEAT}{PERSONS}
@media (max-width:1040px),print{{.tiles{{grid-template-columns:repeat(3,minmax(0,1fr))}}}}
@media (max-width:640px){{
 header,main,footer{{padding-left:14px;padding-right:14px}}
 .wide,.minor{{display:none}}
 .facts{{grid-template-columns:1fr;gap:0}}
 .facts dd{{margin-bottom:6px}}
 header+main>.tiles{{grid-template-columns:repeat(2,minmax(0,1fr))}}
 th,td{{padding-right:8px}}
}}
@media print{{
 body{{font-size:12px}}
 header,main,footer{{max-width:none;padding:0}}
 nav,details:not([open]){{display:none}}
 figure,tr,.tiles li{{break-inside:avoid}}
 h2,h3,h2+p{{break-after:avoid}}
 .scroll{{overflow:visible}}
}}
""".strip()
