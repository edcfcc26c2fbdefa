import Node

/// Makes the text that stands between the parts of an upload.
enum Boundary {
    /// 240 random bits in hexadecimal: no file contains it by accident.
    static func make() -> String {
        RandomText.hexadecimal(byteCount: 30)
    }
}
