r"""Texts that would do something on the page of the person who reads them, were they obeyed.

Each either sets `ran`, fetches something from evil.example, leaves the page, lies over what others
wrote, or takes a name that the page uses itself.
"""

RUN = "javascript:window.ran=1"
EVIL = "https://evil.example/x"
LINKS = {
    "inline link": f"[a]({RUN})",
    "in angle brackets": f"[a](<{RUN}>)",
    "autolink": f"<{RUN}>",
    "reference": f"[a][b]\n\n[b]: {RUN}",
    "letters of both sizes": "[a](JaVaScRiPt:window.ran=1)",
    "decimal entities": "[a](&#106;&#97;vascript&#58;window.ran=1)",
    "named entities": "[a](java&Tab;script&colon;window.ran=1)",
    "a tab in the scheme": '<a href="java\tscript:window.ran=1">a</a>',
    "a line end in the scheme": '<a href="java&#10;script:window.ran=1">a</a>',
    "control characters before it": '<a href="&#1;&#x1f; javascript:window.ran=1">a</a>',
    "data": "[a](data:text/html,<script>window.ran=1</script>)",
    "data in base64": "[a](data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=)",
    "vbscript": "[a](vbscript:window.ran)",
    "blob and file": "[a](blob:https://evil.example/1) [b](file:///etc/passwd)",
    "view-source": "[a](view-source:https://evil.example)",
    "relative": "[a](../../hub/logout) [b](//evil.example) [c](/hub/logout)",
    "link on a picture": f"[![a]({EVIL}.png)]({RUN})",
    "svg": f'<svg><a xlink:href="{RUN}"><text y="20">a</text></a></svg>',
    "svg set by animation": f'<svg><a><animate attributeName="href" values="{RUN}"/>a</a></svg>',
    "mathml": f'<math href="{RUN}">a</math><math><mi xlink:href="{RUN}">b</mi></math>',
    "area": f'<map name="m"><area shape="default" href="{RUN}"></map><img usemap="#m">',
    "ping": f'<a href="https://example.org" ping="{EVIL}" target="_top">a</a>',
    "after an empty line": f"a &#13;\n&#13;\n\n`[a]({RUN})`\n\n```\n\n[a]({RUN})\n<{RUN}>\n```",
}
ACTIONS = {
    "script": "<script>window.ran=1</script>",
    "script of svg": "<svg><script>window.ran=1</script></svg>",
    "handler": '<img src="x" onerror="window.ran=1"> <b onmouseover="window.ran=1">b</b>',
    "handler in details": '<details open ontoggle="window.ran=1"><summary>s</summary>t</details>',
    "handler in svg": '<svg onload="window.ran=1"><animate onbegin="window.ran=1"/></svg>',
    "handler in focus": '<input autofocus onfocus="window.ran=1"><p tabindex=1 onfocus=f()>p',
    "broken tags": '<img """><script>window.ran=1</script>"> <scr<script>ipt>window.ran=1</script>',
    "hidden by a text area": "<textarea></textarea><script>window.ran=1</script></textarea>",
    "hidden by noscript": '<noscript><p title="</noscript><img src=x onerror=window.ran=1>">',
    "hidden by math": (
        "<math><mtext><table><mglyph><style><!--</style>"
        '<img title="--&gt;&lt;img src=1 onerror=window.ran=1&gt;">'
    ),
    "hidden by a comment": "<!--><img src=x onerror=window.ran=1>--> <![CDATA[<script>]]>",
    "heading": "# <img src=x onerror=window.ran=1>",
    "table": "|a|\n|-|\n|<img src=x onerror=window.ran=1>|",
    "alt text": '![" onerror="window.ran=1](x) ![a](x "\\" onerror=\\"window.ran=1")',
    "fence": '```"><img src=x onerror=window.ran=1>\ncode\n```',
    "mermaid": '```mermaid\ngraph TD; A["<img src=x onerror=window.ran=1>"]\n```',
    "frame": (
        f'<iframe srcdoc="<script>parent.ran=1</script>"></iframe><iframe src="{RUN}"></iframe>'
    ),
    "object": f'<object data="{RUN}"></object><embed src="{RUN}"><applet code="a"></applet>',
    "base": '<base href="https://evil.example/">',
    "refresh": f'<meta http-equiv="refresh" content="0;url={EVIL}">',
    "form": f'<form action="{EVIL}"><input name="a"><button formaction="{RUN}">go</button></form>',
    "end of the page": "</div></div></div></body></html><script>window.ran=1</script>",
    "template": '<template shadowrootmode="open"><script>window.ran=1</script></template>',
}
REQUESTS = {
    "remote picture": f"![t]({EVIL}.png)",
    "picture by reference": f"![t][p]\n\n[p]: {EVIL}.png",
    "picture in html": f'<img src="{EVIL}.png" srcset="{EVIL}2.png 2x" lowsrc="{EVIL}">',
    "picture without a scheme": "![t](//evil.example/x.png)",
    "picture sources": f'<picture><source srcset="{EVIL}"><img alt="p"></picture>',
    "video": (
        f'<video poster="{EVIL}" src="{EVIL}.mp4" autoplay></video><audio src="{EVIL}"></audio>'
    ),
    "stylesheet": f'<link rel="stylesheet" href="{EVIL}.css"><link rel="preload" href="{EVIL}">',
    "style element": f"<style>@import url({EVIL}); body {{ background: url({EVIL}) }}</style>",
    "style attribute": f'<p style="background: url({EVIL}); color: url({EVIL})">p</p>',
    "old attributes": f'<table background="{EVIL}"><tr><td background="{EVIL}">t</td></tr></table>',
    "svg image": f'<svg><image href="{EVIL}"/><use href="{EVIL}#a"/></svg>',
    "svg as a picture": '![t](data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>)',
    "preconnect": '<link rel="dns-prefetch" href="//evil.example">',
}
COVERS = {
    "fixed": '<div style="position: fixed; inset: 0; background: red">no</div>',
    "fixed by a class": '<div class="navbar-fixed-top modal-backdrop panel">no</div>',
    "escaped name": '<b style="p\\6fsition:fixed;top:0;left:0;width:999px;height:999px">no</b>',
    "margins": '<p style="margin-top: -2000px; height: 4000px; transform: scale(99)">no</p>',
    "custom property": '<p style="--a: fixed; position: var(--a); all: unset; float: left">no</p>',
    "style for all": "<style>* { display: none }</style>",
    "dialog": "<dialog open style='inset:0'>no</dialog><div popover id='pop'>no</div>",
    "names of the page": '# check_double\n\n<a name="top" id="top">t</a> <p id="check_shout">p</p>',
}
TEX = {
    "href": f"$\\href{{{RUN}}}{{a}}$",
    "href by entities": f"$&#92;href{{{RUN}}}{{a}}$ $&bsol;href{{{RUN}}}{{a}}$",
    "href past a comment": f"$\\<!-- -->href{{{RUN}}}{{a}}$",
    "style": "$\\style{position:fixed;top:0;left:0;font-size:900px}{a}$",
    "class": "$\\class{navbar-fixed-top}{a}$ $\\cssId{check_double}{a}$",
    "bbox": "\\begin{align}\\bbox[position:fixed;inset:0]{a}\\end{align}",
    "token": f'$$\\mmlToken{{mi}}[href="{RUN}"]{{a}}$$',
    "require": "$\\require{html}\\require{action}a$",
    "by a definition": f"$\\def\\go{{\\href{{{RUN}}}{{a}}}}\\let\\x\\href \\go$",
    "of KaTeX": f"$\\htmlStyle{{position:fixed}}{{a}}\\url{{{RUN}}}\\includegraphics{{{EVIL}}}$",
    "script of MathJax": f'<script type="math/tex">\\href{{{RUN}}}{{a}}</script>',
}
TEXTS = {**LINKS, **ACTIONS, **REQUESTS, **COVERS, **TEX}
