#include "style.h"

#include <stddef.h>

const char *const page_style[] = {
    /* colors: each text on each ground it stands on has a contrast of 4.5 or more, each mark 3 or more */
    ":root{color-scheme:light dark;--ground:#f7f7f5;--card:#fff;--ink:#1c2024;--soft:#5a626b;--line:#dcdfe3;"
    "--bar:#2f6fb0;--held:#a9c5e2;--full:#c2331f;--band:#f9dfda;--limit:#8a5a00;--good:#1d7042;--warn:#8a5a00;"
    "--warn-ground:#fff4da;--code:#eef0f2}\n",
    "@media(prefers-color-scheme:dark){:root{--ground:#14171a;--card:#1d2125;--ink:#e6e8ea;--soft:#a2abb5;"
    "--line:#363c43;--bar:#5b9bd9;--held:#2c4a68;--full:#f07a66;--band:#4a2620;--limit:#e0ae4e;--good:#63c48d;"
    "--warn:#e8bd68;--warn-ground:#332a15;--code:#282d33}}\n",
    "*{box-sizing:border-box}\n",
    "body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\n",
    "main,header,footer{max-width:68rem;margin:0 auto;padding:0 1.25rem}\n",
    "header{padding-top:2rem}footer{padding-bottom:2rem;color:var(--soft);font-size:.875rem}\n",
    "h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}\n",
    "h2{font-size:1.2rem;margin:0 0 .25rem;overflow-wrap:anywhere}h3{font-size:1rem;margin:1.5rem 0 .25rem}\n",
    "p{margin:.35rem 0;max-width:48rem;overflow-wrap:anywhere}.soft{color:var(--soft)}\n",
    "code{font:.9em ui-monospace,monospace;background:var(--code);border-radius:3px;padding:.05em .3em;"
    "overflow-wrap:anywhere}\n",
    "section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.1rem 1.25rem;"
    "margin:1.25rem 0}\n",
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1.25rem 0;"
    "padding:0}\n",
    ".tiles div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.6rem .9rem;"
    "display:flex;flex-direction:column-reverse;justify-content:flex-end}\n",
    ".tiles dt{color:var(--soft);font-size:.85rem}.tiles dd{margin:0;font-size:1.5rem;font-weight:600;"
    "font-variant-numeric:tabular-nums;overflow-wrap:anywhere}.tiles .bad dd{color:var(--full)}\n",
    ".lacks{background:var(--warn-ground);border-color:var(--warn)}.lacks li{max-width:52rem;margin:.3rem 0}\n",
    "ul{padding-left:1.2rem;margin:.4rem 0}\n",
    "figure{margin:1.25rem 0 0}figcaption{color:var(--soft);margin-bottom:.4rem}figcaption b{color:var(--ink)}\n",
    ".plot{display:grid;grid-template-columns:3.2rem 1fr;row-gap:.25rem}\n",
    ".plot svg{width:100%;height:11rem;display:block;overflow:hidden}\n",
    ".y{position:relative;font-size:.8rem;color:var(--soft);font-variant-numeric:tabular-nums}\n",
    ".y span{position:absolute;right:.5rem;transform:translateY(50%)}\n",
    ".x{grid-column:2;display:flex;justify-content:space-between;font-size:.8rem;color:var(--soft);"
    "font-variant-numeric:tabular-nums}\n",
    ".grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}\n",
    ".bar{fill:var(--bar)}.bar.full{fill:var(--full)}.held{fill:var(--held)}.band{fill:var(--band)}\n",
    ".bar:hover{opacity:.7}\n",
    ".limit{fill:none;stroke:var(--limit);stroke-width:2;stroke-dasharray:6 4;vector-effect:non-scaling-stroke}\n",
    ".told{font-size:.875rem;color:var(--soft);margin-left:3.2rem}\n",
    ".legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;list-style:none;padding:0;font-size:.875rem;"
    "color:var(--soft)}\n",
    ".legend i{display:inline-block;width:.85rem;height:.85rem;border-radius:2px;margin-right:.4rem;"
    "vertical-align:-.1rem}\n",
    ".legend .l{height:0;border-top:2px dashed var(--limit);border-radius:0;vertical-align:.25rem}\n",
    "details{margin:.5rem 0}summary{cursor:pointer;color:var(--soft);font-size:.9rem}\n",
    ".scroll{overflow:auto;max-height:22rem}.wide "
    "table{min-width:38rem}.help::first-letter{text-transform:uppercase}\n",
    "table{border-collapse:collapse;width:100%;font-size:.9rem}\n",
    "th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);"
    "overflow-wrap:anywhere}\n",
    "th{color:var(--soft);font-weight:600;white-space:nowrap}tbody th{color:var(--ink)}\n",
    "caption{text-align:left;color:var(--soft);padding-bottom:.3rem}\n",
    "thead th{position:sticky;top:0;background:var(--card)}\n",
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.t{white-space:nowrap;"
    "font-variant-numeric:tabular-nums}\n",
    ".bad{color:var(--full)}.ok{color:var(--good)}\n",
    ".firm{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 .55em;font-size:.8rem;"
    "white-space:nowrap}.kept{color:var(--good)}.unsure{color:var(--warn)}\n",
    ".key{padding:.8rem 0;border-top:1px solid var(--line)}.key:first-of-type{border-top:0}.key h3{margin:0}\n",
    "a{color:inherit}:focus-visible{outline:2px solid var(--bar);outline-offset:2px}\n",
    "@media(max-width:40rem){body{font-size:15px}main,header,footer{padding:0 .8rem}header{padding-top:1.2rem}"
    "section{padding:.9rem .8rem}.plot{grid-template-columns:2.2rem 1fr}.told{margin-left:2.2rem}"
    ".plot svg{height:9rem}table{font-size:.85rem}}\n",
    "@media print{:root{--ground:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--bar:#2f6fb0;--held:#a9c5e2;"
    "--full:#c2331f;--band:#f9dfda;--limit:#8a5a00;--good:#1d7042;--warn:#8a5a00;--warn-ground:#fff;--code:#fff;"
    "color-scheme:light}body{font-size:10pt}main,header,footer{max-width:none;padding:0}"
    "section{border:0;border-top:1px solid #999;border-radius:0;padding:.6rem 0;margin:.6rem 0}"
    ".plot,.key,tr,.tiles{break-inside:avoid}h2,h3,figcaption{break-after:avoid}.scroll{max-height:none;overflow:"
    "visible}."
    "wide table{min-width:0}"
    "thead th{position:static}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n",
    NULL,
};
