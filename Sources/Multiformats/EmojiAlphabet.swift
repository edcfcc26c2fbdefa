import Buffers

/// One pictogram a byte.
///
/// - Spec: multiformats/multibase, rfcs/Base256Emoji.md.
enum EmojiAlphabet {
    /// Appends the text of some bytes.
    static func encode(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        for index in bytes.indices {
            text.append(contentsOf: String(characters[Int(bytes[index])]).utf8)
        }
    }

    /// Reads a text without its prefix.
    ///
    /// - Throws: `.multibase` for other characters.
    static func decode(
        _ text: Span<UInt8>, to bytes: inout ByteWriter
    ) throws(MultiformatsError) {
        guard let characters = try? UTF8Span(validating: text) else {
            throw MultiformatsError(.multibase, "illegal base256emoji data")
        }
        for scalar in String(copying: characters).unicodeScalars {
            guard let value = values[scalar] else {
                throw MultiformatsError(
                    .multibase, "illegal base256emoji data, char: '\(Character(scalar))'")
            }
            bytes.append(value)
        }
    }

    private static let values: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: characters.enumerated().map { ($0.element, UInt8($0.offset)) })

    /// The table of the specification, in the order of the bytes.
    private static let characters: [Unicode.Scalar] = Array(
        """
        🚀🪐☄🛰🌌🌑🌒🌓🌔🌕🌖🌗🌘🌍🌏🌎☉☀💻🖥💾💿😂❤😍🤣😊🙏💕😭😘👍😅👏😁🔥🥰💔💖💙😢🤔\
        😆🙄💪😉☺👌🤗💜😔😎😇🌹🤦🎉💞✌✨🤷😱😌🌸🙌😋💗💚😏💛🙂💓🤩😄😀🖤😃💯🙈👇🎶😒🤭\
        ❣😜💋👀😪😑💥🙋😞😩😡🤪👊🥳😥🤤👉💃😳✋😚😝😴🌟😬🙃🍀🌷😻😓⭐✅🥺🌈😈🤘💦✔😣🏃\
        💐☹🎊💘😠☝😕🌺🎂🌻😐🖕💝🙊😹🗣💫💀👑🎵🤞😛🔴😤🌼😫⚽🤙☕🏆🤫👈😮🙆🍻🍃🐶💁😲🌿\
        🧡🎁⚡🌞🎈❌✊👋😰🤨😶🤝🚶💰🍓💢🤟🙁🚨💨🤬✈🎀🍺🤓😙💟🌱😖👶🥴▶➡❓💎💸⬇😨🌚🦋\
        😷🕺⚠🙅😟😵👎🤲🤠🤧📌🔵💅🧐🐾🍒😗🤑🌊🤯🐷☎💧😯💆👆🎤🙇🍑❄🌴💣🐸💌📍🥀🤢👅💡💩\
        👐📸👻🤐🤮🎼🥵🚩🍎🍊👼💍📣🥂
        """.unicodeScalars)
}
