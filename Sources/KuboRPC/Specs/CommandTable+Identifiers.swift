extension CommandTable {
    static let identifierCommands: [CommandSpec] = [
        CommandSpec(
            "cid/base32", "Convert CIDs to version 1 in base32.",
            arguments: [.oneOrMore("cid", "A CID.")],
            example: "cid base32 QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"),
        CommandSpec(
            "cid/bases", "List the multibases.",
            options: [
                .flag("prefix", side: .client, "Print the prefix letters as well."),
                .flag("numeric", side: .client, "Print the codes as well."),
            ],
            example: "cid bases --prefix"),
        CommandSpec(
            "cid/codecs", "List the codecs of CIDs.",
            options: [
                .flag("numeric", "n", side: .client, "Print the codes as well."),
                .flag("supported", "s", "List those only that the dag commands can read."),
            ],
            example: "cid codecs --numeric"),
        CommandSpec(
            "cid/format", "Convert CIDs and print parts of them.",
            discussion: """
                In the format %s stands for the CID and %S for it without the letter of its base, \
                %b and %B for the base's name and letter, %v and %V for the version, %c and %C \
                for the codec's name and number, %h and %H for the hash function's, %L for the \
                length of the digest, %m and %M for the multihash with and without letter, %d \
                and %D for the digest, %P for the prefix as text, %% for a percent sign.
                """,
            arguments: [.oneOrMore("cid", "A CID.")],
            options: [
                .text("f", default: "%s", "The format."),
                .text("v", "Version to convert to, 0 or 1."),
                .text("mc", "Codec to convert to."),
                .text("b", "Multibase to print in."),
            ],
            example: "cid format -v 1 -b base36 QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"),
        CommandSpec(
            "cid/hashes", "List the hash functions of CIDs.",
            options: [
                .flag("numeric", "n", side: .client, "Print the codes as well."),
                .flag("supported", "s", "No effect; accepted for Kubo's sake."),
            ],
            example: "cid hashes"),
        CommandSpec(
            "multibase/decode", "Decode a multibase text.",
            arguments: [.file("encoded_file", "The text to decode.", variadic: false)],
            example: "multibase decode text"),
        CommandSpec(
            "multibase/encode", "Encode bytes as a multibase text.",
            arguments: [.file("file", "The bytes to encode.", variadic: false)],
            options: [.text("b", default: "base64url", "The base.")],
            example: "multibase encode -b base16 file"),
        CommandSpec(
            "multibase/list", "List the multibases.",
            options: [
                .flag("prefix", side: .client, "Print the prefix letters as well."),
                .flag("numeric", side: .client, "Print the codes as well."),
            ],
            example: "multibase list"),
        CommandSpec(
            "multibase/transcode", "Write a multibase text in another base.",
            arguments: [.file("encoded_file", "The text to convert.", variadic: false)],
            options: [.text("b", default: "base64url", "The base.")],
            example: "multibase transcode -b base36 text"),
    ]
}
