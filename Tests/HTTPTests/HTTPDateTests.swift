import HTTP
import Testing

@Suite(.timeLimit(.minutes(40)))
struct HTTPDateTests {
    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ])
    func allThreeFormsAreRead(text: String) {
        #expect(HTTPDate(parsing: text)?.seconds == 784_111_777)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_709_164_799, "Wed, 28 Feb 2024 23:59:59 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func whatIsWrittenIsReadAgain(seconds: Int, text: String) {
        let date = HTTPDate(seconds: Int64(seconds))
        #expect(date.description == text)
        #expect(HTTPDate(parsing: text) == date)
    }

    @Test(arguments: [
        "", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nix 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 194 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 8:49 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
        "Fri, 31 Dec 9999 23:59:60 GMT", "Sun, 06 Nov 65535 08:49:37 GMT",
        "Sun, 06 Nov 1994 255:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
    ])
    func everythingElseIsNoDate(text: String) {
        #expect(HTTPDate(parsing: text) == nil)
    }

    /// A file may carry any time; the header has room for four digits of the year.
    @Test(arguments: [
        (Int64.min, "Mon, 01 Jan 0001 00:00:00 GMT"),
        (-62_135_596_801, "Mon, 01 Jan 0001 00:00:00 GMT"),
        (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
        (253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (4_611_686_018_427_387_904, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func timesWithoutAFormAreShownAsTheNearest(seconds: Int64, text: String) {
        #expect(HTTPDate(seconds: seconds).description == text)
    }

    @Test func daysOfFourHundredYearsGoRoundTrip() {
        for day in stride(from: Int64(-200 * 365), to: 200 * 366, by: 1) {
            let date = HTTPDate(seconds: day * 86_400 + 43_210)
            #expect(HTTPDate(parsing: date.description) == date)
        }
    }
}
