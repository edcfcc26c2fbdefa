import Buffers
import Testing

@testable import Gateway

/// Types by extension and by bytes.
@Suite(.timeLimit(.minutes(40)))
struct ContentTypeTests {
    @Test(arguments: [
        ("a.html", "text/html"), ("A.TXT", "text/plain; charset=utf-8"),
        ("x.json", "application/json"),
        ("x.tar.gz", "application/gzip"), ("m.js", "text/javascript; charset=utf-8"),
        ("p.svg", "image/svg+xml"), ("w.woff2", "font/woff2"),
        ("film.ogv", "video/ogg"), ("a.\u{301}txt.txt", "text/plain; charset=utf-8"),
    ])
    func extensionsDecideFirst(name: String, type: String) {
        #expect(ContentTypes.type(ofFileNamed: name) == type)
    }

    @Test func unknownExtensionsDecideNothing() {
        #expect(ContentTypes.type(ofFileNamed: "README") == nil)
        #expect(ContentTypes.type(ofFileNamed: "a.unknown") == nil)
    }

    @Test(arguments: [
        ("hello\n", "text/plain; charset=utf-8"), ("", "text/plain; charset=utf-8"),
        ("  {\"a\": [1, true, null]}", "application/json"),
        ("\u{FEFF}{\"a\":1}", "application/json"),
        ("{not json}", "text/plain; charset=utf-8"), ("[1,2", "text/plain; charset=utf-8"),
        ("<!DOCTYPE HTML><html>", "text/html"), ("<?xml version=\"1.0\"?><a/>", "application/xml"),
        ("<?xml version=\"1.0\"?>\n<svg xmlns=\"x\"/>", "image/svg+xml"),
        ("<svg>", "image/svg+xml"),
        ("<!-- Made by a program -->\n<svg xmlns=\"x\"/>", "image/svg+xml"),
        ("<!-- a -->\n<!-- b --> <?xml version=\"1.0\"?><SVG/>", "image/svg+xml"),
        ("<!-- a --><html><svg/></html>", "text/html"), ("<!-- a --> words", "text/html"),
        ("<!-- <svg>", "text/html"), ("<!--><svg>-->", "text/html"),
        ("a,b\n1,2\n", "text/csv; charset=utf-8"), ("%PDF-1.7", "application/pdf"),
        ("GIF89a....", "image/gif"), ("RIFF....WEBPVP8 ", "image/webp"),
        ("\0asm\u{1}", "application/wasm"),
        ("....ftypavif", "image/avif"), ("....ftypisom", "video/mp4"), ("wOF2", "font/woff2"),
        (
            "PK\u{3}\u{4}word/document.xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        ),
        ("PK\u{3}\u{4}mimetypeapplication/epub+zip", "application/epub+zip"),
        ("PK\u{3}\u{4}other", "application/zip"), ("\u{1}\u{2}\u{3}", "application/octet-stream"),
    ])
    func bytesDecideNext(text: String, type: String) {
        #expect(ContentSniffer.type(of: Bytes(utf8: text), isWhole: true) == type)
    }

    @Test(arguments: [("\u{1}vorbis", "audio/ogg"), ("OpusHead", "audio/ogg")])
    func oggIsSound(codec: String, type: String) {
        let start = Bytes(utf8: "OggS\0\u{2}....................\u{1}\u{1e}" + codec)
        #expect(ContentSniffer.type(of: start, isWhole: false) == type)
    }

    @Test func oggWithTheoraIsAVideo() {
        let start = [Bytes(utf8: "OggS\0\u{2}....................\u{1}*"), [0x80], "theora"]
        #expect(
            ContentSniffer.type(of: start.joined(separator: .empty), isWhole: false) == "video/ogg")
    }

    @Test func aCutTextIsStillText() {
        let start = Bytes(utf8: "zażółć gęślą").prefix(3)
        #expect(ContentSniffer.type(of: start, isWhole: false) == "text/plain; charset=utf-8")
        #expect(ContentSniffer.type(of: start, isWhole: true) == "application/octet-stream")
        let json = Bytes(utf8: "{\"key\": \"a long val")
        #expect(ContentSniffer.type(of: json, isWhole: false) == "application/json")
    }

    @Test(arguments: [
        (UInt64(0), "0 B"), (31, "31 B"), (999, "999 B"), (1_000, "1 kB"), (1_234, "1.2 kB"),
        (999_949, "999.9 kB"), (999_950, "1 MB"), (262_158, "262.2 kB"), (5_000_000_000, "5 GB"),
    ])
    func sizesArePrintedForPeople(byteCount: UInt64, text: String) {
        #expect(FolderPage.sizeText(byteCount) == text)
    }

    @Test func theHashOfEntityTagsIsXXH64() {
        #expect(XXH64.hash(.empty) == 0xEF46_DB37_51D8_E999)
        #expect(XXH64.hash(Bytes(utf8: "abc")) == 0x44BC_2CF5_AD77_0999)
        let long = Bytes(utf8: "Nobody inspects the spammish repetition")
        #expect(XXH64.hash(long) == 0xFBCE_A83C_8A37_8BF1)
    }
}
