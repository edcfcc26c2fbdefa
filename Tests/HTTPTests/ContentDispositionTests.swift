import Buffers
import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct ContentDispositionTests {
    @Test func bothFormsOfTheNameAreBuilt() {
        #expect(
            ContentDisposition.value("attachment", filename: "testтест.tar")
                == "attachment; filename=\"test____.tar\"; "
                + "filename*=UTF-8''test%D1%82%D0%B5%D1%81%D1%82.tar")
    }

    @Test func nothingInANameCanEndTheQuotes() {
        let value = ContentDisposition.value("inline", filename: "a\"b\r\nc/d\\e;f g")
        #expect(
            value == "inline; filename=\"a%22b%0D%0Ac%2Fd%5Ce%3Bf%20g\"; "
                + "filename*=UTF-8''a%22b%0D%0Ac%2Fd%5Ce%3Bf%20g")
    }

    @Test func aFormFieldIsRead() throws {
        let field = try ContentDisposition(
            parsing: #"Form-Data; NAME="file?mode=0644"; filename="a%2Fb c\"d\e.txt""#)
        #expect(field.kind == "form-data")
        #expect(field.name == "file?mode=0644")
        #expect(field.filename == #"a%2Fb c"d\e.txt"#)
        #expect(try ContentDisposition(parsing: "form-data").filename == nil)
        #expect(try ContentDisposition(parsing: "form-data; filename=\"\"").filename == "")
    }

    @Test func aFileNameIsBytes() throws {
        let head: [Bytes] = [
            "form-data; name=\"file\"; filename=\"", [0xFE, 0x2F, 0xCC, 0x81], "\"",
        ]
        let field = try ContentDisposition(parsing: head.joined(separator: .empty))
        #expect(field.filename == [0xFE, 0x2F, 0xCC, 0x81])
        #expect(field.name == "file")
    }

    @Test func theExtendedNameWinsIfItCanBeRead() throws {
        func filename(_ text: String) throws -> Bytes? {
            try ContentDisposition(
                parsing: Bytes(utf8: "attachment; filename=plain; filename*=\(text)")
            )
            .filename
        }
        #expect(try filename("utf-8'en'%C4%85") == "ą")
        #expect(try filename("latin1''%C4") == "plain")
        #expect(try filename("utf-8''%C4") == [0xC4])
        #expect(try filename("utf-8''%zz") == "plain")
        #expect(try filename("x") == "plain")
    }
}
