/// Content types by file extension: a table of our own, so that all nodes agree whatever is
/// installed beside them.
///
/// - Spec: IPFS Path Gateway, "`Content-Type` (response header)". This file is a table and may be
///   long.
enum ContentTypes {
    /// The type for a file name, or nil where its extension is unknown.
    static func type(ofFileNamed name: String) -> String? {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let type = byExtension[name[name.utf8.index(after: dot)...].lowercased()]
        return type.map(withCharset)
    }

    /// Texts say that they are UTF-8; HTML says so itself, and JSON always is.
    static func withCharset(_ type: String) -> String {
        type.hasPrefix("text/") && type != "text/html" ? type + "; charset=utf-8" : type
    }

    private static let byExtension: [String: String] = [
        "html": "text/html", "htm": "text/html", "css": "text/css",
        "js": "text/javascript", "mjs": "text/javascript",
        "json": "application/json", "map": "application/json", "xml": "application/xml",
        "txt": "text/plain", "log": "text/plain", "md": "text/markdown", "csv": "text/csv",
        "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
        "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "ico": "image/x-icon",
        "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff",
        "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg",
        "opus": "audio/ogg", "ogv": "video/ogg", "flac": "audio/flac", "wav": "audio/wav",
        "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "mov": "video/quicktime",
        "mkv": "video/x-matroska", "ts": "video/mp2t",
        "mpd": "application/dash+xml", "m3u8": "application/vnd.apple.mpegurl",
        "wasm": "application/wasm", "pdf": "application/pdf", "zip": "application/zip",
        "gz": "application/gzip", "tar": "application/x-tar", "7z": "application/x-7z-compressed",
        "bz2": "application/x-bzip2", "xz": "application/x-xz", "zst": "application/zstd",
        "epub": "application/epub+zip",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "odt": "application/vnd.oasis.opendocument.text",
        "odp": "application/vnd.oasis.opendocument.presentation",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
        "webmanifest": "application/manifest+json", "atom": "application/atom+xml",
        "rss": "application/rss+xml", "car": "application/vnd.ipld.car",
        "cbor": "application/cbor", "glb": "model/gltf-binary", "gltf": "model/gltf+json",
    ]
}
