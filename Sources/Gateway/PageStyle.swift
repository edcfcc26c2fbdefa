/// The one style sheet of all pages: small, light and dark, nothing loaded from elsewhere. A name that is
/// written from right to left moves nothing beside it.
enum PageStyle {
    static let text = """
        :root{color-scheme:light dark;--line:#8884;--dim:#777;--link:#0a58ca}\
        @media(prefers-color-scheme:dark){:root{--dim:#999;--link:#7db3ff}}\
        body{margin:0;font:16px/1.5 system-ui,sans-serif}\
        main{max-width:60rem;margin:0 auto;padding:1rem}\
        h1{font-size:1.1rem;font-weight:600;overflow-wrap:anywhere}\
        a{color:var(--link);text-decoration:none;unicode-bidi:isolate}a:hover,a:focus{text-decoration:underline}\
        table{border-collapse:collapse;width:100%}\
        td{border-top:1px solid var(--line);padding:.3rem .5rem;overflow-wrap:anywhere}\
        td:nth-child(2),td:nth-child(3){white-space:nowrap;text-align:right;color:var(--dim)}\
        .ipfs-hash{font-family:ui-monospace,monospace;font-size:.85em;color:var(--dim)}\
        p.about{color:var(--dim);font-size:.9rem;overflow-wrap:anywhere}
        """
}
